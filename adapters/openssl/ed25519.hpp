#pragma once

#include "core/domain/base/secret.hpp"

#include <optional>
#include <string>

namespace mb::openssl {

constexpr std::size_t ed25519_seed_bytes = 32;

/// The public key of a private one, 32 bytes (RFC 8032 section 5.1.5). Nothing where the seed has another size.
std::optional<std::string> ed25519_public_key(secret const& seed);

}  // namespace mb::openssl
