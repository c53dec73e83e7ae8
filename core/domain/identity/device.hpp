#pragma once

#include "core/domain/base/instant.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/identity/email_token.hpp"
#include "core/domain/identity/user.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mb::identity {

/// A browser that logged in before, as its cookie shows it: whoever fails elsewhere can't lock its owner out there (security.md section 6.3).
struct device {
    user_id owner;
    std::array<std::uint8_t, 16> nonce{};
    instant expires_at{};
    friend bool operator==(device const&, device const&) = default;
};

/// What failures of this device are counted under.
std::string name_of(device const& known);

/// The bytes of a device that its cookie's digest is made of.
secret content_of(device const& known);
/// The cookie: base64url of the content and the digest.
secret format_device(device const& known, digest const& mac);

struct presented_device {
    device claimed;
    secret content;
    digest mac{};
};
/// What a cookie claims; nothing where it has another form. Nothing of it is true before the digest is checked.
std::optional<presented_device> parse_device(std::string_view cookie);

/// Whether a claim holds for this account AT `now`.
/// @param right  the digest of its content, under our key.
bool decide_device(presented_device const& shown, digest const& right, user_id owner, instant now) noexcept;

}  // namespace mb::identity
