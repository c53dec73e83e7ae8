#include "adapters/sql/columns.hpp"
#include "adapters/sql/identity_repositories.hpp"

namespace mb::sql {
namespace {

using identity::lockout_counter;

lockout_counter read_counter(columns& from)
{
    return lockout_counter{
        .identity = from.string(),
        .device = from.string(),
        .failures = static_cast<int>(from.integer()),
        .locked_until = from.maybe_at(),
        .expires_at = from.at(),
        .in_a_row = static_cast<int>(from.integer()),
        .window_ends_at = from.at(),
    };
}

}  // namespace

outcome<std::optional<lockout_counter>> lockouts::find(std::string_view identity, std::string_view device)
{
    return first<lockout_counter>(on_, statement::lockout_by_key, {identity, device}, "sql.lockout_counters", read_counter);
}

outcome<void> lockouts::save(lockout_counter const& saved)
{
    return ran(on_.run(statement::save_lockout,
                       {saved.identity, saved.device, saved.failures, saved.locked_until, saved.expires_at, saved.in_a_row, saved.window_ends_at}));
}

outcome<void> lockouts::clear(std::string_view identity, std::optional<std::string_view> device)
{
    if (device) return ran(on_.run(statement::clear_lockout, {identity, *device}));
    return ran(on_.run(statement::clear_lockouts, {identity}));
}

outcome<std::size_t> lockouts::purge(instant before, std::size_t batch) { return touched(on_.run(statement::purge_lockouts, {before, batch})); }

}  // namespace mb::sql
