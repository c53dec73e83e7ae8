#include "core/domain/tokens/api_key.hpp"

#include <algorithm>
#include <array>

namespace mb::tokens {
namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::size_t prefix_letters = 8;
/// Bytes from here on would make the first letters likelier than the last.
constexpr unsigned fair_bytes = 256 / letters.size() * letters.size();

}  // namespace

bool is_api_key(std::string_view text) noexcept
{
    if (text.size() != api_key_mark.size() + api_key_letters || !text.starts_with(api_key_mark)) return false;
    return std::ranges::all_of(text.substr(api_key_mark.size()), [](char c) { return letters.find(c) != std::string_view::npos; });
}

secret draw_api_key(std::function<void(std::span<std::uint8_t>)> const& draw)
{
    std::string text;
    text.reserve(api_key_mark.size() + api_key_letters);
    text = api_key_mark;
    std::array<std::uint8_t, api_key_letters> drawn{};
    while (text.size() < api_key_mark.size() + api_key_letters) {
        draw(drawn);
        for (auto const byte : drawn)
            if (byte < fair_bytes && text.size() < api_key_mark.size() + api_key_letters) text += letters[byte % letters.size()];
    }
    wipe(drawn.data(), drawn.size());
    return secret{std::move(text)};
}

std::string api_key_prefix(secret const& text) { return std::string(text.reveal().substr(0, api_key_mark.size() + prefix_letters)); }

api_key_standing decide_api_key(api_key const& held, instant now) noexcept
{
    if (held.revoked_at) return api_key_standing::revoked;
    if (held.expires_at && now >= *held.expires_at) return api_key_standing::expired;
    return api_key_standing::good;
}

}  // namespace mb::tokens
