#pragma once

#include "core/domain/base/secret.hpp"
#include "core/domain/identity/email_token.hpp"
#include "core/domain/identity/totp.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace mb::openssl {

/// The bytes of a digest, as the other calls take bytes. The view ends with the digest.
inline std::string_view bytes_of(identity::digest const& of) noexcept { return {reinterpret_cast<char const*>(of.data()), of.size()}; }

identity::digest sha256(std::string_view bytes) noexcept;
/// RFC 2104.
identity::digest hmac_sha256(std::string_view key, std::string_view bytes) noexcept;
/// RFC 2104 with SHA-1, SHA-256 or SHA-512.
secret hmac(identity::code_hash how, std::string_view key, std::string_view bytes);
/// RFC 5869. @param bytes  1 to 255 * 32.
secret hkdf_sha256(std::string_view material, std::string_view salt, std::string_view info, std::size_t bytes);

/// HMAC-SHA-256 under a key that is used again and again: each thread keeps the keyed contexts of the last few keys, because
/// setting up a context costs ten times as much as the digest of a short text (performance.md).
/// @param info_prefix, info  where both are empty `material` is the key, else the key is HKDF(material, "", info_prefix + info, 32).
identity::digest kept_mac(std::string_view material, std::string_view info_prefix, std::string_view info, std::string_view bytes) noexcept;

}  // namespace mb::openssl
