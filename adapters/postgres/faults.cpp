#include "adapters/postgres/faults.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mb::postgres {
namespace {

using entry = std::pair<std::string_view, errc>;

constexpr auto states = std::to_array<entry>({
    {"23505", errc::duplicate},    // unique_violation
    {"40001", errc::conflict},     // serialization_failure
    {"40P01", errc::conflict},     // deadlock_detected
    {"55P03", errc::conflict},     // lock_not_available
    {"0A000", errc::conflict},     // "cached plan must not change result type"
    {"26000", errc::conflict},     // a prepared statement is gone
    {"42P05", errc::conflict},     // or is there already
    {"42703", errc::conflict},     // a column
    {"42P01", errc::conflict},     // or a table that is no longer there, or not yet
    {"57014", errc::busy},         // statement_timeout
    {"57P01", errc::unavailable},  // admin_shutdown
    {"57P02", errc::unavailable},  // crash_shutdown
    {"57P03", errc::unavailable},  // cannot_connect_now
    {"57P05", errc::unavailable},  // idle_session_timeout
    {"25P03", errc::unavailable},  // idle_in_transaction_session_timeout
    {"XX001", errc::corrupt},      // data_corrupted
    {"XX002", errc::corrupt},      // index_corrupted
});

constexpr auto classes = std::to_array<entry>({
    {"08", errc::unavailable},  // connection exceptions
    {"53", errc::unavailable},  // disk, memory or connections used up
    {"58", errc::unavailable},  // errors of the operating system
});

}  // namespace

errc meaning_of(std::string_view sqlstate, access how) noexcept
{
    // read_only_sql_transaction: our defect where we asked for it, a standby where we didn't
    if (sqlstate == "25006") return how == access::reading ? errc::unexpected : errc::unavailable;
    if (auto const* known = std::ranges::find(states, sqlstate, &entry::first); known != states.end()) return known->second;
    if (auto const* known = std::ranges::find(classes, sqlstate.substr(0, 2), &entry::first); known != classes.end()) return known->second;
    return errc::unexpected;
}

bool ends_connection(std::string_view sqlstate) noexcept { return sqlstate.starts_with("08") || sqlstate.starts_with("57P") || sqlstate == "25P03"; }

bool outdates_statements(std::string_view sqlstate) noexcept
{
    constexpr std::array<std::string_view, 5> outdated{"0A000", "26000", "42P05", "42703", "42P01"};
    return std::ranges::find(outdated, sqlstate) != outdated.end();
}

}  // namespace mb::postgres
