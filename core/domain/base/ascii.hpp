#pragma once

#include <string_view>

namespace mb {

/// Lower case, as UUIDs, digests and escapes are written.
inline constexpr std::string_view hex_digits = "0123456789abcdef";

constexpr bool is_ascii_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_ascii_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// The value of a hexadecimal digit of either case; -1 for any other character.
constexpr int hex_value(char c) noexcept
{
    if (is_ascii_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Without the spaces and tabs at both ends (OWS of RFC 9110 section 5.6.3).
constexpr std::string_view trim_blanks(std::string_view text) noexcept
{
    auto const first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace mb
