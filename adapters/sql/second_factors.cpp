#include "adapters/sql/identity_repositories.hpp"
#include "adapters/sql/rows.hpp"

namespace mb::sql {
namespace {

using identity::recovery_code;
using identity::totp_factor;

std::string place_of(identity::user_id owner) { return "users|mfa_secret|" + owner.text(); }

}  // namespace

recovery_code read_recovery_code(columns& from)
{
    return recovery_code{
        .id = from.identity<identity::recovery_code_id>(),
        .owner = from.identity<identity::user_id>(),
        .digest = from.array<32>(),
        .created_at = from.at(),
        .used_at = from.maybe_at(),
    };
}

outcome<std::optional<totp_factor>> second_factors::find(identity::user_id owner)
{
    std::optional<totp_factor> found;
    MB_CHECK(on_.run(statement::second_factor_by_owner, {owner}, [&](row const& each) -> outcome<void> {
        columns from{each};
        auto const id = from.identity<identity::user_id>();
        MB_TRY(auto key, seals_.open(place_of(id), from.bytes()));
        found.emplace(totp_factor{id, std::move(key), from.maybe([](columns& column) { return column.integer(); })});
        return from.finish("sql.users");
    }));
    return found;
}

outcome<void> second_factors::save(totp_factor const& saved)
{
    auto const sealed = seals_.seal(place_of(saved.owner), saved.key.reveal());
    return ran(on_.run(statement::save_second_factor, {blob{sealed}, saved.last_step, saved.owner}));
}

outcome<void> second_factors::remove(identity::user_id owner)
{
    MB_CHECK(on_.run(statement::delete_recovery_codes, {owner}));
    return ran(on_.run(statement::clear_second_factor, {owner}));
}

outcome<std::vector<recovery_code>> second_factors::recovery_codes(identity::user_id owner)
{
    return all<recovery_code>(on_, statement::recovery_codes_of, {owner}, "sql.mfa_recovery_codes", read_recovery_code);
}

outcome<void> second_factors::replace_recovery_codes(identity::user_id owner, std::vector<recovery_code> const& codes)
{
    MB_CHECK(on_.run(statement::delete_recovery_codes, {owner}));
    for (auto const& each : codes)
        MB_CHECK(on_.run(statement::insert_recovery_code, {each.id, each.owner, each.digest, each.created_at, each.used_at}));
    return {};
}

outcome<void> second_factors::spend_recovery_code(identity::recovery_code_id id, instant now)
{
    return ran(on_.run(statement::spend_recovery_code, {now, id}));
}

}  // namespace mb::sql
