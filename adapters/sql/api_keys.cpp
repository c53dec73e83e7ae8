#include "adapters/json/texts.hpp"
#include "adapters/sql/identity_repositories.hpp"
#include "adapters/sql/rows.hpp"

namespace mb::sql {
namespace {

using tokens::api_key;
using tokens::api_key_id;

constexpr char const* api_keys_table = "sql.api_keys";

/// Above every identity that is ever given: a UUID version 7 never has all bits set.
api_key_id highest_key() noexcept
{
    api_key_id above_all;
    above_all.bytes.fill(0xff);
    return above_all;
}

std::optional<access::scope_set> scopes_of(std::string_view json)
{
    auto const names = json::read_texts(json);
    if (!names) return std::nullopt;
    auto read = access::scope_set::parse(*names);
    if (auto* scopes = std::get_if<access::scope_set>(&read)) return std::move(*scopes);
    return std::nullopt;
}

ports::live_api_key read_live_key(columns& from)
{
    return {.key = read_api_key(from), .owner = read_user(from), .catalogue_revision = from.integer()};
}

}  // namespace

api_key read_api_key(columns& from)
{
    return api_key{
        .id = from.identity<api_key_id>(),
        .owner = from.identity<identity::user_id>(),
        .name = from.string(),
        .prefix = from.string(),
        .digest = from.array<32>(),
        .scopes = from.named(scopes_of),
        .expires_at = from.maybe_at(),
        .last_used_at = from.maybe_at(),
        .revoked_at = from.maybe_at(),
        .created_at = from.at(),
    };
}

outcome<std::optional<api_key>> api_keys::find(api_key_id id)
{
    return first<api_key>(on_, statement::api_key_by_id, {id}, api_keys_table, read_api_key);
}

outcome<std::optional<ports::live_api_key>> api_keys::find_access(identity::digest const& digest)
{
    return first<ports::live_api_key>(on_, statement::access_by_api_key, {digest}, api_keys_table, read_live_key);
}

outcome<void> api_keys::save(api_key const& saved)
{
    auto const scopes = json::write_texts(saved.scopes.names());
    return ran(on_.run(statement::save_api_key, {saved.id, saved.owner, saved.name, saved.prefix, saved.digest, scopes, saved.expires_at,
                                                 saved.last_used_at, saved.revoked_at, saved.created_at}));
}

outcome<std::vector<api_key>> api_keys::list(identity::user_id owner, std::optional<api_key_id> before, std::size_t limit)
{
    return all<api_key>(on_, statement::list_api_keys, {owner, before.value_or(highest_key()), limit + 1}, api_keys_table, read_api_key);
}

outcome<std::size_t> api_keys::count_live(identity::user_id owner, instant now)
{
    MB_TRY(auto const counted, first<std::size_t>(on_, statement::count_api_keys, {owner, now}, api_keys_table,
                                                  [](columns& from) { return static_cast<std::size_t>(from.integer()); }));
    return counted.value_or(0);
}

outcome<void> api_keys::note_uses(std::vector<ports::api_key_use> const& uses)
{
    for (auto const& each : uses) MB_CHECK(on_.run(statement::note_api_key_use, {each.at, each.key}));
    return {};
}

}  // namespace mb::sql
