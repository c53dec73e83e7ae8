#pragma once

#include "core/domain/base/outcome.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/identity/email_token.hpp"
#include "core/domain/identity/password.hpp"
#include "core/domain/identity/totp.hpp"
#include "core/domain/tokens/claims.hpp"
#include "core/domain/tokens/proof.hpp"

#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace mb::ports {

/// Password hashes. Slow on purpose: call it on a lane of its own, holding no connection. MUST be callable from any thread.
class password_hasher {
public:
    struct verdict {
        bool matches = false;
        bool outdated = false;  ///< matched, but another algorithm, cost or pepper is preferred now: hash again
    };
    virtual ~password_hasher() = default;
    /// @return "mb1$<algorithm>$…", which names all its parameters (security.md section 6.2).
    /// @error unavailable  the algorithm can't run (memory).
    virtual outcome<std::string> hash(secret const& password) const = 0;
    /// MUST take the same work for every stored hash of the current parameters. @error corrupt  `stored` is no hash we know.
    virtual outcome<verdict> verify(secret const& password, std::string_view stored) const = 0;
    /// Whether a hash that another system made of the bare password can be verified here, at a price that a login may have. Never a hash of ours.
    virtual bool admits(std::string_view foreign) const noexcept = 0;
    /// A hash of nobody's password with the current parameters, for unknown accounts.
    virtual std::string_view decoy() const noexcept = 0;
};

/// Judges new passwords.
class password_judge {
public:
    virtual ~password_judge() = default;
    /// @param context  words that the owner is known by (address, user name): guessing starts there.
    virtual identity::password_estimate estimate(secret const& password, std::span<std::string const> context) const = 0;
};

/// Unkeyed and keyed digests.
class digester {
public:
    virtual ~digester() = default;
    /// SHA-256, for secrets that are random enough to need no key (tokens of 32 bytes).
    virtual identity::digest sha256(std::string_view bytes) const noexcept = 0;
    /// HMAC-SHA-256 under a key that is derived from the master key for `purpose` alone.
    virtual identity::digest mac(std::string_view purpose, std::string_view bytes) const noexcept = 0;
    /// HMAC under a key that somebody else holds too (RFC 2104), for one-time codes. @return 20, 32 or 64 bytes, as `how` says.
    virtual secret shared_mac(identity::code_hash how, secret const& key, std::string_view bytes) const = 0;
};

/// Encrypts what is secret at rest: AES-256-GCM under a key derived for the purpose.
class sealer {
public:
    virtual ~sealer() = default;
    /// @param place  table|column|row id: bound to the content, so that a sealed value can't be moved.
    virtual std::string seal(std::string_view place, std::string_view plain) const = 0;
    /// @error corrupt  another key, another place, or changed bytes.
    virtual outcome<secret> open(std::string_view place, std::string_view sealed) const = 0;
};

/// Why a token could not be read.
enum class token_fault { malformed, unknown_key, wrong_signature, wrong_kind, expired };

/// JSON web tokens of our own: HS256, `typ` at+jwt, rt+jwt, mfa+jwt or su+jwt, issuer and audience fixed (RFC 7519, RFC 8725).
class token_codec {
public:
    virtual ~token_codec() = default;
    virtual std::string write(tokens::access_claims const& claims, tokens::signing_key const& key) const = 0;
    virtual std::string write(tokens::refresh_claims const& claims, tokens::signing_key const& key) const = 0;
    virtual std::string write(tokens::proof_claims const& claims, tokens::signing_key const& key) const = 0;
    /// MUST accept `alg` HS256 only, check `typ`, `kid` (header and payload equal), `iss`, `aud`, and refuse at second `exp`.
    virtual std::variant<tokens::access_claims, token_fault> read_access(std::string_view token, tokens::key_ring const& keys, instant now) const = 0;
    virtual std::variant<tokens::refresh_claims, token_fault> read_refresh(std::string_view token, tokens::key_ring const& keys,
                                                                           instant now) const = 0;
    /// @param wanted  a token of another kind is `wrong_kind`, or `wrong_signature` where each kind has a key of its own.
    virtual std::variant<tokens::proof_claims, token_fault> read_proof(std::string_view token, tokens::proof_kind wanted,
                                                                       tokens::key_ring const& keys, instant now) const = 0;
};

}  // namespace mb::ports
