#include "adapters/memory/database/identity_repositories.hpp"

#include <string>
#include <utility>

namespace mb::memory {
namespace {

using identity::email_token;
using identity::email_token_id;
using identity::email_token_type;
using identity::lockout_counter;
using identity::user_id;

auto by_owner(email_token const& each) { return std::tuple{each.owner, each.type, each.created_at, each.id}; }

/// Every link of one user.
template <class Visit>
void each_of(tables const& rows, user_id owner, Visit visit)
{
    rows.email_tokens_by_owner.ascending(
        [&](auto const& key, present) {
            if (std::get<0>(key) != owner) return false;
            visit(*rows.email_tokens.find(std::get<3>(key)));
            return true;
        },
        std::optional(std::tuple{owner, email_token_type{}, instant::min(), email_token_id{}}));
}

std::pair<std::string, std::string> counter_key(std::string_view identity, std::string_view device)
{
    return {std::string(identity), std::string(device)};
}

}  // namespace

outcome<std::optional<email_token>> email_token_rows::find(email_token_id id)
{
    auto const* found = space_.rows().email_tokens.find(id);
    return found == nullptr ? std::nullopt : std::optional(*found);
}

outcome<void> email_token_rows::save(email_token const& saved)
{
    MB_TRY(auto* rows, space_.change("memory.email_tokens.save"));
    if (auto const* old = rows->email_tokens.find(saved.id)) rows->email_tokens_by_owner.erase(by_owner(*old));
    rows->email_tokens_by_owner.put(by_owner(saved), {});
    rows->email_tokens.put(saved.id, saved);
    return {};
}

outcome<std::optional<email_token>> email_token_rows::newest(user_id owner, email_token_type type)
{
    auto const& rows = space_.rows();
    std::optional<email_token> found;
    rows.email_tokens_by_owner.descending(
        [&](auto const& key, present) {
            if (std::get<0>(key) == owner && std::get<1>(key) == type) found = *rows.email_tokens.find(std::get<3>(key));
            return false;
        },
        std::optional(std::tuple{owner, type, instant::max(), email_token_id{}}));
    return found;
}

outcome<std::size_t> email_token_rows::failures(user_id owner, instant since)
{
    std::size_t counted = 0;
    each_of(space_.rows(), owner, [&](email_token const& each) {
        if (each.last_attempt_at && *each.last_attempt_at >= since) counted += static_cast<std::size_t>(each.failed_attempts);
    });
    return counted;
}

outcome<std::size_t> email_token_rows::block_all(user_id owner, identity::link_block why, instant now)
{
    MB_TRY(auto* rows, space_.change("memory.email_tokens.block_all"));
    std::vector<email_token> open;
    each_of(*rows, owner, [&](email_token const& each) {
        if (!each.used_at && !each.blocked_at) open.push_back(each);
    });
    for (auto& each : open) {
        each.blocked_at = now;
        each.blocked_reason = name_of(why);
        rows->email_tokens.put(each.id, each);
    }
    return open.size();
}

outcome<std::size_t> email_token_rows::purge(instant before, std::size_t batch)
{
    MB_TRY(auto* rows, space_.change("memory.email_tokens.purge"));
    auto const ended = keys_where(rows->email_tokens, batch, [&](email_token const& each) { return each.expires_at <= before; });
    for (auto const& id : ended) {
        rows->email_tokens_by_owner.erase(by_owner(*rows->email_tokens.find(id)));
        rows->email_tokens.erase(id);
    }
    return ended.size();
}

outcome<std::optional<lockout_counter>> lockout_rows::find(std::string_view identity, std::string_view device)
{
    auto const* found = space_.rows().lockouts.find(counter_key(identity, device));
    return found == nullptr ? std::nullopt : std::optional(*found);
}

outcome<void> lockout_rows::save(lockout_counter const& saved)
{
    MB_TRY(auto* rows, space_.change("memory.lockouts.save"));
    rows->lockouts.put({saved.identity, saved.device}, saved);
    return {};
}

outcome<void> lockout_rows::clear(std::string_view identity, std::optional<std::string_view> device)
{
    MB_TRY(auto* rows, space_.change("memory.lockouts.clear"));
    if (device) {
        rows->lockouts.erase(counter_key(identity, *device));
        return {};
    }
    auto const first = counter_key(identity, "");
    std::vector<std::pair<std::string, std::string>> known;
    rows->lockouts.ascending(
        [&](auto const& key, lockout_counter const&) {
            if (key.first != identity) return false;
            known.push_back(key);
            return true;
        },
        std::optional(first));
    rows->lockouts.erase(first);
    for (auto const& key : known) rows->lockouts.erase(key);
    return {};
}

outcome<std::size_t> lockout_rows::purge(instant before, std::size_t batch)
{
    MB_TRY(auto* rows, space_.change("memory.lockouts.purge"));
    auto const ended = keys_where(rows->lockouts, batch, [&](lockout_counter const& each) { return each.expires_at <= before; });
    for (auto const& key : ended) rows->lockouts.erase(key);
    return ended.size();
}

outcome<std::vector<tokens::signing_key>> signing_key_rows::list()
{
    std::vector<tokens::signing_key> keys;
    space_.rows().signing_keys.ascending([&](auto const&, tokens::signing_key const& each) {
        keys.push_back(each.clone());
        return true;
    });
    return keys;
}

outcome<void> signing_key_rows::save(tokens::signing_key const& saved)
{
    MB_TRY(auto* rows, space_.change("memory.signing_keys.save"));
    rows->signing_keys.put(saved.kid, saved.clone());
    return {};
}

outcome<std::size_t> signing_key_rows::purge(instant before, std::size_t batch)
{
    MB_TRY(auto* rows, space_.change("memory.signing_keys.purge"));
    auto const ended = keys_where(rows->signing_keys, batch, [&](auto const& each) { return each.expires_at && *each.expires_at <= before; });
    for (auto const& kid : ended) rows->signing_keys.erase(kid);
    return ended.size();
}

outcome<std::vector<access::role>> role_rows::list()
{
    std::vector<access::role> roles;
    space_.rows().roles.ascending([&](auto const&, access::role const& each) {
        roles.push_back(each);
        return true;
    });
    return roles;
}

outcome<void> role_rows::save(access::role const& saved)
{
    MB_TRY(auto* rows, space_.change("memory.roles.save"));
    rows->roles.put(saved.name, saved);
    return {};
}

outcome<std::optional<access::role>> role_rows::find(std::string_view name)
{
    auto const* found = space_.rows().roles.find(std::string(name));
    return found == nullptr ? std::nullopt : std::optional(*found);
}

outcome<void> role_rows::insert(access::role const& added)
{
    MB_TRY(auto* rows, space_.change("memory.roles.insert"));
    if (rows->roles.contains(added.name)) return error{errc::duplicate, "memory.roles.insert", ""};
    rows->roles.put(added.name, added);
    return {};
}

outcome<void> role_rows::remove(std::string_view name)
{
    MB_TRY(auto* rows, space_.change("memory.roles.remove"));
    rows->roles.erase(std::string(name));
    return {};
}

outcome<std::int64_t> catalogue_counter::current() { return space_.rows().catalogue_revision; }

outcome<std::int64_t> catalogue_counter::count_restore()
{
    MB_TRY(auto* rows, space_.change("memory.catalogue.count_restore"));
    return ++rows->restores;
}

outcome<void> catalogue_counter::advance()
{
    MB_TRY(auto* rows, space_.change("memory.catalogue.advance"));
    ++rows->catalogue_revision;
    return {};
}

}  // namespace mb::memory
