#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mb {

/// Wall clock in microseconds since the Unix epoch, UTC. Stored as a 64-bit integer of that unit in every table.
using instant = std::chrono::sys_time<std::chrono::microseconds>;
using duration = std::chrono::microseconds;

constexpr std::int64_t to_micros(instant at) noexcept { return at.time_since_epoch().count(); }
constexpr instant from_micros(std::int64_t micros) noexcept { return instant{duration{micros}}; }
constexpr std::int64_t to_seconds(instant at) noexcept { return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count(); }

/// RFC 3339 UTC with milliseconds: 2026-01-24T10:30:00.000Z.
std::string format_rfc3339(instant at);
/// Writes the same 24 characters to `out` without allocating.
void format_rfc3339(instant at, char (&out)[24]) noexcept;

/// Reads an RFC 3339 date-time (section 5.6); the offset is required; years 0001 to 9999; a leap second (60) is refused.
std::optional<instant> parse_rfc3339(std::string_view text) noexcept;

/// Reads YYYY-MM-DD, a real calendar date of the years 0001 to 9999.
std::optional<std::chrono::year_month_day> parse_date(std::string_view text) noexcept;

}  // namespace mb
