#pragma once

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

namespace mb {

/// Writes the bytes of a number, the most significant first, as formats of networks have them.
template <std::unsigned_integral Number>
constexpr void put_big_endian(char* to, Number value) noexcept
{
    for (std::size_t i = 0; i < sizeof(Number); ++i) to[i] = static_cast<char>(value >> 8 * (sizeof(Number) - 1 - i) & 0xff);
}

template <std::unsigned_integral Number>
void append_big_endian(std::string& to, Number value)
{
    char bytes[sizeof(Number)];
    put_big_endian(bytes, value);
    to.append(bytes, sizeof bytes);
}

/// @return 0 where the bytes aren't exactly those of such a number.
template <std::unsigned_integral Number>
constexpr Number read_big_endian(std::string_view bytes) noexcept
{
    Number value = 0;
    if (bytes.size() != sizeof(Number)) return 0;
    for (char const byte : bytes) value = static_cast<Number>(value << 8 | static_cast<unsigned char>(byte));
    return value;
}

}  // namespace mb
