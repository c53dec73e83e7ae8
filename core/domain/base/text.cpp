#include "core/domain/base/text.hpp"

#include "core/domain/base/ascii.hpp"

#include <array>

namespace mb {
namespace {

unsigned byte_at(std::string_view text, std::size_t at) noexcept { return static_cast<unsigned char>(text[at]); }
bool is_continuation(std::string_view text, std::size_t at) noexcept { return at < text.size() && (byte_at(text, at) & 0xc0) == 0x80; }

constexpr std::string_view standard_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::array<signed char, 256> reverse_of(std::string_view alphabet) noexcept
{
    std::array<signed char, 256> table{};
    table.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i) table[static_cast<unsigned char>(alphabet[i])] = static_cast<signed char>(i);
    return table;
}
constexpr auto standard_values = reverse_of(standard_alphabet);
constexpr auto url_values = reverse_of(url_alphabet);

std::string encode(std::string_view bytes, std::string_view alphabet)
{
    std::string text((bytes.size() * 4 + 2) / 3, '\0');
    auto* at = text.data();
    std::uint32_t bits = 0;
    int held = 0;
    for (char const c : bytes) {
        bits = bits << 8 | static_cast<unsigned char>(c);
        held += 8;
        while (held >= 6) *at++ = alphabet[bits >> (held -= 6) & 63];
    }
    if (held > 0) *at = alphabet[bits << (6 - held) & 63];
    return text;
}

std::optional<std::string> decode(std::string_view text, std::array<signed char, 256> const& values)
{
    if (text.size() % 4 == 1) return std::nullopt;
    std::string bytes(text.size() * 3 / 4, '\0');
    auto* at = bytes.data();
    std::uint32_t bits = 0;
    int held = 0;
    int doubt = 0;  // negative once any character was foreign
    for (char const c : text) {
        auto const value = values[static_cast<unsigned char>(c)];
        doubt |= value;
        bits = bits << 6 | (static_cast<std::uint32_t>(value) & 63);
        if ((held += 6) >= 8) *at++ = static_cast<char>(bits >> (held -= 8) & 255);
    }
    if (doubt < 0 || (bits & ((1U << held) - 1)) != 0) return std::nullopt;
    return bytes;
}

}  // namespace

bool is_utf8(std::string_view text) noexcept
{
    for (std::size_t i = 0; i < text.size();) {
        auto const lead = byte_at(text, i);
        if (lead < 0x80) {
            ++i;
        } else if (lead >= 0xc2 && lead <= 0xdf) {
            if (!is_continuation(text, i + 1)) return false;
            i += 2;
        } else if (lead >= 0xe0 && lead <= 0xef) {
            if (!is_continuation(text, i + 1) || !is_continuation(text, i + 2)) return false;
            auto const second = byte_at(text, i + 1);
            if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)) return false;
            i += 3;
        } else if (lead >= 0xf0 && lead <= 0xf4) {
            if (!is_continuation(text, i + 1) || !is_continuation(text, i + 2) || !is_continuation(text, i + 3)) return false;
            auto const second = byte_at(text, i + 1);
            if ((lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) return false;
            i += 4;
        } else {
            return false;
        }
    }
    return true;
}

std::size_t count_code_points(std::string_view utf8) noexcept
{
    std::size_t count = 0;
    for (char const c : utf8) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    return count;
}

bool has_control(std::string_view utf8) noexcept
{
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        auto const c = byte_at(utf8, i);
        if (c < 0x20 || c == 0x7f) return true;
        if (c == 0xc2 && i + 1 < utf8.size() && byte_at(utf8, i + 1) < 0xa0) return true;
    }
    return false;
}

std::string ascii_lower(std::string_view text)
{
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

std::string base64url(std::string_view bytes) { return encode(bytes, url_alphabet); }
std::optional<std::string> parse_base64url(std::string_view text) { return decode(text, url_values); }

std::string base64(std::string_view bytes)
{
    auto text = encode(bytes, standard_alphabet);
    text.append((4 - text.size() % 4) % 4, '=');
    return text;
}

std::optional<std::string> parse_base64(std::string_view text)
{
    if (text.size() % 4 != 0) return std::nullopt;
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
    return decode(text, standard_values);
}

std::string hex(std::string_view bytes)
{
    std::string text;
    text.reserve(bytes.size() * 2);
    for (char const c : bytes) {
        text += hex_digits[static_cast<unsigned char>(c) >> 4];
        text += hex_digits[static_cast<unsigned char>(c) & 15];
    }
    return text;
}

std::optional<identifier> identifier::parse(std::string_view text)
{
    auto const is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    if (text.empty() || text.size() > characters_max || !is_letter(text.front())) return std::nullopt;
    for (char const c : text)
        if (!is_letter(c) && !is_ascii_digit(c)) return std::nullopt;
    return identifier{std::string(text)};
}

}  // namespace mb
