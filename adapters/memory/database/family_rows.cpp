#include "adapters/memory/database/identity_repositories.hpp"

#include <utility>

namespace mb::memory {
namespace {

using identity::user_id;
using tokens::family;
using tokens::family_id;

bool live(family const& each, instant now) { return !each.revoked_at && now < each.expires_at; }

/// Above every identity that is ever given: a UUID version 7 never has all bits set.
family_id highest_family()
{
    family_id above_all;
    above_all.bytes.fill(0xff);
    return above_all;
}

void forget_access(tables& rows, family const& old)
{
    rows.families_by_access.erase(old.access_jti);
    if (old.prev_access_jti) rows.families_by_access.erase(*old.prev_access_jti);
}

void put(tables& rows, family const& saved)
{
    if (auto const* old = rows.families.find(saved.id)) {
        forget_access(rows, *old);
        rows.families_by_owner.erase({old->owner, old->id});
    }
    rows.families_by_access.put(saved.access_jti, saved.id);
    if (saved.prev_access_jti) rows.families_by_access.put(*saved.prev_access_jti, saved.id);
    rows.families_by_owner.put({saved.owner, saved.id}, {});
    rows.families.put(saved.id, saved);
}

/// Families of one user, newest first, until `visit` answers false.
template <class Visit>
void each_of(tables const& rows, user_id owner, family_id before, Visit visit)
{
    rows.families_by_owner.descending([&](auto const& key, present) { return key.first == owner && visit(*rows.families.find(key.second)); },
                                      std::optional(std::pair{owner, before}));
}

}  // namespace

outcome<std::optional<family>> family_rows::find(family_id id)
{
    auto const* found = space_.rows().families.find(id);
    return found == nullptr ? std::nullopt : std::optional(*found);
}

outcome<std::optional<ports::live_access>> family_rows::find_access(tokens::token_id access_jti)
{
    auto const& rows = space_.rows();
    auto const* id = rows.families_by_access.find(access_jti);
    if (id == nullptr) return std::nullopt;
    auto const* held = rows.families.find(*id);
    auto const* owner = rows.users.find(held->owner);
    if (owner == nullptr) return std::nullopt;
    return std::optional(ports::live_access{*held, *owner, rows.catalogue_revision});
}

outcome<void> family_rows::save(family const& saved)
{
    MB_TRY(auto* rows, space_.change("memory.families.save"));
    put(*rows, saved);
    return {};
}

outcome<std::vector<family>> family_rows::list_active(user_id owner, instant now, std::optional<family_id> before, std::size_t limit)
{
    std::vector<family> found;
    each_of(space_.rows(), owner, before.value_or(highest_family()), [&](family const& each) {
        if (live(each, now)) found.push_back(each);
        return found.size() <= limit;
    });
    return found;
}

outcome<std::size_t> family_rows::revoke_all(user_id owner, std::optional<family_id> except, tokens::revocation_reason reason, instant now)
{
    MB_TRY(auto* rows, space_.change("memory.families.revoke_all"));
    std::vector<family> ended;
    each_of(*rows, owner, highest_family(), [&](family const& each) {
        if (live(each, now) && each.id != except) ended.push_back(each);
        return true;
    });
    for (auto& each : ended) {
        tokens::revoke(each, reason, now);
        put(*rows, each);
    }
    return ended.size();
}

outcome<std::size_t> family_rows::purge(instant before, std::size_t batch)
{
    MB_TRY(auto* rows, space_.change("memory.families.purge"));
    auto const ended = keys_where(rows->families, batch,
                                  [&](family const& each) { return each.expires_at <= before || (each.revoked_at && *each.revoked_at <= before); });
    for (auto const& id : ended) {
        auto const old = *rows->families.find(id);
        forget_access(*rows, old);
        rows->families_by_owner.erase({old.owner, id});
        rows->families.erase(id);
    }
    return ended.size();
}

}  // namespace mb::memory
