#include "core/domain/identity/device.hpp"

#include "core/domain/base/big_endian.hpp"
#include "core/domain/base/text.hpp"

#include <algorithm>

namespace mb::identity {
namespace {

constexpr std::size_t id_bytes = 16;
constexpr std::size_t nonce_bytes = 16;
constexpr std::size_t time_bytes = 8;
constexpr std::size_t content_bytes = id_bytes + nonce_bytes + time_bytes;
constexpr std::size_t mac_bytes = 32;

std::string_view as_text(std::uint8_t const* bytes, std::size_t size) noexcept { return {reinterpret_cast<char const*>(bytes), size}; }

}  // namespace

std::string name_of(device const& known) { return hex(as_text(known.nonce.data(), known.nonce.size())); }

secret content_of(device const& known)
{
    std::string bytes;
    bytes.reserve(content_bytes);
    bytes += as_text(known.owner.bytes.data(), id_bytes);
    bytes += as_text(known.nonce.data(), nonce_bytes);
    append_big_endian(bytes, static_cast<std::uint64_t>(to_micros(known.expires_at)));
    return secret{std::move(bytes)};
}

secret format_device(device const& known, digest const& mac)
{
    auto const content = content_of(known);
    std::string bytes;
    bytes.reserve(content_bytes + mac_bytes);
    bytes += content.reveal();
    bytes += as_text(mac.data(), mac.size());
    auto text = base64url(bytes);
    wipe(bytes.data(), bytes.size());
    return secret{std::move(text)};
}

std::optional<presented_device> parse_device(std::string_view cookie)
{
    if (cookie.size() > 128) return std::nullopt;
    auto const bytes = parse_base64url(cookie);
    if (!bytes || bytes->size() != content_bytes + mac_bytes) return std::nullopt;
    presented_device shown;
    auto at = bytes->begin();
    auto const take = [&at](auto& into) {
        std::copy_n(at, into.size(), into.begin());
        at += static_cast<std::ptrdiff_t>(into.size());
    };
    take(shown.claimed.owner.bytes);
    take(shown.claimed.nonce);
    auto const micros = read_big_endian<std::uint64_t>({at, at + time_bytes});
    at += time_bytes;
    shown.claimed.expires_at = from_micros(static_cast<std::int64_t>(micros));
    take(shown.mac);
    shown.content = secret{std::string_view{*bytes}.substr(0, content_bytes)};
    return shown;
}

bool decide_device(presented_device const& shown, digest const& right, user_id owner, instant now) noexcept
{
    bool const ours = same_bytes(as_text(shown.mac.data(), mac_bytes), as_text(right.data(), mac_bytes));
    return ours && shown.claimed.owner == owner && now < shown.claimed.expires_at;
}

}  // namespace mb::identity
