#include "adapters/memory/database/identity_repositories.hpp"

#include <utility>

namespace mb::memory {
namespace {

using identity::user_id;
using tokens::api_key;
using tokens::api_key_id;

/// Above every identity that is ever given: a UUID version 7 never has all bits set.
api_key_id highest_key()
{
    api_key_id above_all;
    above_all.bytes.fill(0xff);
    return above_all;
}

/// Keys of one user, newest first, until `visit` answers false.
template <class Visit>
void each_of(tables const& rows, user_id owner, api_key_id before, Visit visit)
{
    rows.api_keys_by_owner.descending([&](auto const& at, present) { return at.first == owner && visit(*rows.api_keys.find(at.second)); },
                                      std::optional(std::pair{owner, before}));
}

}  // namespace

outcome<std::optional<api_key>> api_key_rows::find(api_key_id id)
{
    auto const* found = space_.rows().api_keys.find(id);
    return found == nullptr ? std::nullopt : std::optional(*found);
}

outcome<std::optional<ports::live_api_key>> api_key_rows::find_access(identity::digest const& digest)
{
    auto const& rows = space_.rows();
    auto const* id = rows.api_keys_by_digest.find(digest);
    if (id == nullptr) return std::nullopt;
    auto const* held = rows.api_keys.find(*id);
    auto const* owner = rows.users.find(held->owner);
    if (owner == nullptr) return std::nullopt;
    return std::optional(ports::live_api_key{*held, *owner, rows.catalogue_revision});
}

outcome<void> api_key_rows::save(api_key const& saved)
{
    MB_TRY(auto* rows, space_.change("memory.api_keys.save"));
    auto const* holder = rows->api_keys_by_digest.find(saved.digest);
    if (holder != nullptr && *holder != saved.id) return error{errc::duplicate, "memory.api_keys.save", ""};
    rows->api_keys_by_digest.put(saved.digest, saved.id);
    rows->api_keys_by_owner.put({saved.owner, saved.id}, {});
    rows->api_keys.put(saved.id, saved);
    return {};
}

outcome<std::vector<api_key>> api_key_rows::list(user_id owner, std::optional<api_key_id> before, std::size_t limit)
{
    std::vector<api_key> found;
    each_of(space_.rows(), owner, before.value_or(highest_key()), [&](api_key const& each) {
        found.push_back(each);
        return found.size() <= limit;
    });
    return found;
}

outcome<std::size_t> api_key_rows::count_live(user_id owner, instant now)
{
    std::size_t live = 0;
    each_of(space_.rows(), owner, highest_key(), [&](api_key const& each) {
        if (tokens::decide_api_key(each, now) == tokens::api_key_standing::good) ++live;
        return true;
    });
    return live;
}

outcome<void> api_key_rows::note_uses(std::vector<ports::api_key_use> const& uses)
{
    MB_TRY(auto* rows, space_.change("memory.api_keys.note_uses"));
    for (auto const& use : uses) {
        auto const* held = rows->api_keys.find(use.key);
        if (held == nullptr || (held->last_used_at && *held->last_used_at >= use.at)) continue;
        auto used = *held;
        used.last_used_at = use.at;
        rows->api_keys.put(use.key, std::move(used));
    }
    return {};
}

}  // namespace mb::memory
