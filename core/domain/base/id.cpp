#include "core/domain/base/id.hpp"

#include "core/domain/base/ascii.hpp"

namespace mb {
namespace {

constexpr bool is_dash(std::size_t at) noexcept { return at == 8 || at == 13 || at == 18 || at == 23; }

}  // namespace

void format_uuid(uuid_bytes const& bytes, char (&out)[36]) noexcept
{
    std::size_t at = 0;
    for (auto const byte : bytes) {
        if (is_dash(at)) out[at++] = '-';
        out[at++] = hex_digits[byte >> 4];
        out[at++] = hex_digits[byte & 15];
    }
}

std::string format_uuid(uuid_bytes const& bytes)
{
    char text[36];
    format_uuid(bytes, text);
    return {text, sizeof text};
}

std::optional<uuid_bytes> parse_uuid(std::string_view text) noexcept
{
    if (text.size() != 36) return std::nullopt;
    uuid_bytes bytes{};
    std::size_t at = 0;
    for (auto& byte : bytes) {
        if (is_dash(at) && text[at++] != '-') return std::nullopt;
        int const high = hex_value(text[at++]);
        int const low = hex_value(text[at++]);
        if (high < 0 || low < 0) return std::nullopt;
        byte = static_cast<std::uint8_t>(high << 4 | low);
    }
    return bytes;
}

uuid_bytes make_uuid_v7(instant at, std::array<std::uint8_t, 10> const& entropy) noexcept
{
    auto const millis = static_cast<std::uint64_t>(std::chrono::floor<std::chrono::milliseconds>(at).time_since_epoch().count());
    uuid_bytes bytes{};
    for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
    for (std::size_t i = 0; i < 10; ++i) bytes[6 + i] = entropy[i];
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x70);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
    return bytes;
}

}  // namespace mb
