#include "core/domain/shape/decimal.hpp"

#include "core/domain/base/ascii.hpp"
#include "core/domain/shape/rule.hpp"

#include <algorithm>

namespace mb::shape {
namespace {

std::string_view take_digits(std::string_view& text) noexcept
{
    auto const end = std::ranges::find_if_not(text, is_ascii_digit);
    auto const digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(digits.size());
    return digits;
}

bool take(std::string_view& text, char wanted) noexcept
{
    if (!text.starts_with(wanted)) return false;
    text.remove_prefix(1);
    return true;
}

struct number_parts {
    bool negative = false;
    std::string_view whole;
    std::string_view fraction;
    int exponent = 0;
};

/// Past this an exponent leaves no digit of ours, since no text is longer than text_bytes_max.
constexpr int exponent_max = 999;
/// A decimal has at most 18 digits; the rest is room for zeros.
constexpr std::size_t text_bytes_max = 400;

std::optional<number_parts> split(std::string_view text) noexcept
{
    number_parts parts;
    parts.negative = take(text, '-');
    parts.whole = take_digits(text);
    if (parts.whole.empty() || (parts.whole.size() > 1 && parts.whole.front() == '0')) return std::nullopt;
    if (take(text, '.')) {
        parts.fraction = take_digits(text);
        if (parts.fraction.empty()) return std::nullopt;
    }
    if (take(text, 'e') || take(text, 'E')) {
        bool const below = take(text, '-');
        if (!below) take(text, '+');
        auto const digits = take_digits(text);
        if (digits.empty()) return std::nullopt;
        for (char const c : digits) parts.exponent = std::min(exponent_max, parts.exponent * 10 + (c - '0'));
        if (below) parts.exponent = -parts.exponent;
    }
    if (!text.empty()) return std::nullopt;
    return parts;
}

constexpr std::uint64_t power_of_ten(int exponent) noexcept
{
    std::uint64_t power = 1;
    for (int i = 0; i < exponent; ++i) power *= 10;
    return power;
}

}  // namespace

bool is_json_number(std::string_view text) noexcept { return split(text).has_value(); }

decimal_read read_decimal(std::string_view text, int precision, int scale) noexcept
{
    auto const parts = text.size() <= text_bytes_max ? split(text) : std::nullopt;
    if (!parts) return {decimal_fault::not_decimal, 0};

    auto const whole_digits = static_cast<int>(parts->whole.size());
    auto const all_digits = whole_digits + static_cast<int>(parts->fraction.size());
    auto const digit_at = [&](int i) {
        auto const at = static_cast<std::size_t>(i);
        return static_cast<std::uint64_t>((i < whole_digits ? parts->whole[at] : parts->fraction[at - parts->whole.size()]) - '0');
    };
    // The first `kept` digits make the scaled integer, zeros follow where there are fewer; what stands behind them must be zero.
    auto const kept = whole_digits + parts->exponent + scale;
    auto const bound = power_of_ten(precision) - 1;
    std::uint64_t magnitude = 0;  // at most bound * 10 + 9, which fits without a sign
    for (int i = 0; i < std::max(kept, all_digits); ++i) {
        auto const digit = i < all_digits ? digit_at(i) : 0;
        if (i >= kept) {
            if (digit != 0) return {decimal_fault::too_precise, 0};
            continue;
        }
        magnitude = magnitude * 10 + digit;
        if (magnitude > bound) {
            auto const passed = static_cast<std::int64_t>(bound);
            return parts->negative ? decimal_read{decimal_fault::too_small, -passed} : decimal_read{decimal_fault::too_large, passed};
        }
    }
    auto const scaled = static_cast<std::int64_t>(magnitude);
    return {decimal_fault::none, parts->negative ? -scaled : scaled};
}

std::optional<std::int64_t> parse_decimal(std::string_view text, int precision, int scale) noexcept
{
    auto const read = read_decimal(text, precision, scale);
    if (read.fault != decimal_fault::none) return std::nullopt;
    return read.scaled;
}

std::string format_decimal(std::int64_t scaled, int scale)
{
    // through unsigned: the least int64 has no positive counterpart
    auto const magnitude = scaled < 0 ? 0 - static_cast<std::uint64_t>(scaled) : static_cast<std::uint64_t>(scaled);
    auto digits = std::to_string(magnitude);
    auto const places = static_cast<std::size_t>(scale);
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    if (places > 0) digits.insert(digits.size() - places, 1, '.');
    return scaled < 0 ? "-" + digits : digits;
}

}  // namespace mb::shape
