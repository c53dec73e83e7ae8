#include "adapters/config/quantities.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace mb::config {
namespace {

struct unit {
    std::string_view name;
    std::int64_t worth;
};

/// Largest first.
constexpr std::array spans{unit{"d", 86'400'000'000}, unit{"h", 3'600'000'000}, unit{"m", 60'000'000}, unit{"s", 1'000'000}, unit{"ms", 1'000}};
constexpr std::array sizes{unit{"GiB", 1 << 30}, unit{"MiB", 1 << 20}, unit{"KiB", 1 << 10}, unit{"", 1}};

/// Nine digits at most, no leading zero.
std::optional<std::int64_t> read_count(std::string_view digits) noexcept
{
    if (digits.empty() || digits.size() > 9 || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
    std::int64_t count = 0;
    for (char const c : digits) {
        if (c < '0' || c > '9') return std::nullopt;
        count = count * 10 + (c - '0');
    }
    return count;
}

template <std::size_t N>
std::optional<std::int64_t> read_with(std::array<unit, N> const& units, std::string_view text) noexcept
{
    auto const digits = std::min(text.find_first_not_of("0123456789"), text.size());
    auto const count = read_count(text.substr(0, digits));
    if (!count) return std::nullopt;
    for (auto const& each : units)
        if (text.substr(digits) == each.name && *count <= std::numeric_limits<std::int64_t>::max() / each.worth) return *count * each.worth;
    return std::nullopt;
}

template <std::size_t N>
std::string format_with(std::array<unit, N> const& units, std::int64_t amount)
{
    for (auto const& each : units)
        if (amount % each.worth == 0 && amount >= each.worth) return std::to_string(amount / each.worth) + std::string(each.name);
    return "0" + std::string(units.back().name);
}

}  // namespace

std::optional<duration> read_span(std::string_view text) noexcept
{
    auto const micros = read_with(spans, text);
    if (!micros) return std::nullopt;
    return duration{*micros};
}

std::optional<std::int64_t> read_size(std::string_view text) noexcept { return read_with(sizes, text); }

std::optional<rate> read_rate(std::string_view text) noexcept
{
    auto const slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    auto const burst = read_count(text.substr(0, slash));
    auto const period = read_span(text.substr(slash + 1));
    if (!burst || !period || *burst < 1 || *burst > 1'000'000 || *period < std::chrono::seconds{1} || *period > std::chrono::hours{24})
        return std::nullopt;
    return rate{static_cast<int>(*burst), *period};
}

std::string format_span(duration time) { return format_with(spans, time.count()); }
std::string format_size(std::int64_t bytes) { return format_with(sizes, bytes); }

}  // namespace mb::config
