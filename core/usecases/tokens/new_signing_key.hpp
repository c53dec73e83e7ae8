#pragma once

#include "core/domain/base/secret.hpp"
#include "core/domain/tokens/claims.hpp"
#include "ports/randomness.hpp"

#include <cstddef>

namespace mb::usecases {

/// Of a key that is drawn, and the least of one that is given (RFC 7518 section 3.2).
constexpr std::size_t signing_key_bytes = 32;

/// An active key with a fresh identity.
tokens::signing_key new_signing_key(ports::randomness const& random, secret material, instant now);

}  // namespace mb::usecases
