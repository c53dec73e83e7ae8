#pragma once

#include "adapters/config/settings.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mb::config {

/// A whole number and its unit: 500ms, 900s, 15m, 12h, 7d. The unit is required.
std::optional<duration> read_span(std::string_view text) noexcept;
/// Bytes: 1048576, 64KiB, 25MiB, 1GiB.
std::optional<std::int64_t> read_size(std::string_view text) noexcept;
/// Burst and period: 10/1m.
std::optional<rate> read_rate(std::string_view text) noexcept;

/// The shortest spelling that read_span reads back; whole milliseconds.
std::string format_span(duration time);
/// The shortest spelling that read_size reads back.
std::string format_size(std::int64_t bytes);

}  // namespace mb::config
