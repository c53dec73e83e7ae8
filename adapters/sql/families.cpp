#include "adapters/sql/identity_repositories.hpp"
#include "adapters/sql/rows.hpp"

namespace mb::sql {
namespace {

using tokens::family;
using tokens::family_id;

constexpr char const* families_table = "sql.refresh_token_families";

/// Above every identity that is ever given: a UUID version 7 never has all bits set.
family_id highest_family() noexcept
{
    family_id above_all;
    above_all.bytes.fill(0xff);
    return above_all;
}

ports::live_access read_live_access(columns& from)
{
    return {.family = read_family(from), .owner = read_user(from), .catalogue_revision = from.integer()};
}

std::optional<std::string_view> reason_of(family const& each) noexcept
{
    if (!each.revoked_reason) return std::nullopt;
    return name_of(*each.revoked_reason);
}

}  // namespace

family read_family(columns& from)
{
    return family{
        .id = from.identity<family_id>(),
        .owner = from.identity<identity::user_id>(),
        .kid = from.string(),
        .current_jti = from.identity<tokens::token_id>(),
        .prev_jti = from.maybe_identity<tokens::token_id>(),
        .access_jti = from.identity<tokens::token_id>(),
        .prev_access_jti = from.maybe_identity<tokens::token_id>(),
        .rotated_at = from.maybe_at(),
        .ip = from.ip(),
        .user_agent = from.string(),
        .created_at = from.at(),
        .last_used_at = from.at(),
        .expires_at = from.at(),
        .revoked_at = from.maybe_at(),
        .revoked_reason = from.maybe([](columns& each) { return each.named(tokens::revocation_reason_named); }),
    };
}

outcome<std::optional<family>> families::find(family_id id) { return first<family>(on_, statement::family_by_id, {id}, families_table, read_family); }

outcome<std::optional<ports::live_access>> families::find_access(tokens::token_id access_jti)
{
    // two statements, because the first one answers nearly always and an OR over two indexes costs more
    MB_TRY(auto current, first<ports::live_access>(on_, statement::access_by_jti, {access_jti}, families_table, read_live_access));
    if (current) return current;
    return first<ports::live_access>(on_, statement::access_by_previous_jti, {access_jti}, families_table, read_live_access);
}

outcome<void> families::save(family const& saved)
{
    return ran(on_.run(statement::save_family, {saved.id, saved.owner, saved.kid, saved.current_jti, saved.prev_jti, saved.access_jti,
                                                saved.prev_access_jti, saved.rotated_at, saved.ip, saved.user_agent, saved.created_at,
                                                saved.last_used_at, saved.expires_at, saved.revoked_at, reason_of(saved)}));
}

outcome<std::vector<family>> families::list_active(identity::user_id owner, instant now, std::optional<family_id> before, std::size_t limit)
{
    auto const below = before.value_or(highest_family());
    return all<family>(on_, statement::active_families, {owner, below, now, limit + 1}, families_table, read_family);
}

outcome<std::size_t> families::revoke_all(identity::user_id owner, std::optional<family_id> except, tokens::revocation_reason reason, instant now)
{
    auto const spared = except.value_or(family_id{});
    return touched(on_.run(statement::revoke_families, {now, name_of(reason), owner, spared}));
}

outcome<std::size_t> families::purge(instant before, std::size_t batch) { return touched(on_.run(statement::purge_families, {before, batch})); }

}  // namespace mb::sql
