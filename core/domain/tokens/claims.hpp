#pragma once

#include "core/domain/base/secret.hpp"
#include "core/domain/tokens/family.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace mb::tokens {

/// Payload of an access token: no personal data (decisions.md #4). Issuer and audience belong to the codec.
struct access_claims {
    identity::user_id subject;
    token_id jti;
    std::string kid;
    std::vector<std::string> roles;
    std::int64_t issued_at = 0;   ///< seconds since the epoch
    std::int64_t expires_at = 0;  ///< refused from this second on (RFC 7519 section 4.1.4), no leeway
};

struct refresh_claims {
    identity::user_id subject;
    token_id jti;
    std::string kid;
    family_id family;
    std::int64_t issued_at = 0;
    std::int64_t expires_at = 0;
};

enum class key_state : std::uint8_t { standby, active, retired };
std::string_view name_of(key_state state) noexcept;
std::optional<key_state> key_state_named(std::string_view name) noexcept;

/// One HS256 signing key. The active one signs; a retired one verifies until its last token has ended.
struct signing_key {
    std::string kid;  ///< 16 hexadecimal characters
    secret material;  ///< at least 32 bytes
    key_state state = key_state::standby;
    instant created_at{};
    std::optional<instant> activated_at;
    std::optional<instant> retired_at;
    std::optional<instant> expires_at;  ///< for a retired key: when nothing that it signed can be valid any more

    signing_key clone() const { return {kid, material.clone(), state, created_at, activated_at, retired_at, expires_at}; }
};

/// The keys a token may be checked with.
class key_ring {
public:
    explicit key_ring(std::vector<signing_key> keys) : keys_(std::move(keys)) {}
    /// The key with this identity, active or retired and not ended AT `now`; never a standby key.
    signing_key const* find(std::string_view kid, instant now) const noexcept;
    signing_key const* active() const noexcept;
    std::vector<signing_key> const& keys() const noexcept { return keys_; }

private:
    std::vector<signing_key> keys_;
};

}  // namespace mb::tokens
