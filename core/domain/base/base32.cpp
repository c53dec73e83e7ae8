#include "core/domain/base/base32.hpp"

#include <cstdint>

namespace mb {

std::string base32(std::string_view bytes)
{
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string text;
    text.reserve((bytes.size() * 8 + 4) / 5);
    std::uint32_t pending = 0;
    int bits = 0;
    for (char const c : bytes) {
        pending = (pending << 8 | static_cast<std::uint8_t>(c)) & 0xfff;
        for (bits += 8; bits >= 5; bits -= 5) text += letters[pending >> (bits - 5) & 0x1f];
    }
    if (bits > 0) text += letters[pending << (5 - bits) & 0x1f];
    return text;
}

}  // namespace mb
