#pragma once

#include "adapters/config/settings.hpp"
#include "core/domain/identity/link_policy.hpp"
#include "core/domain/identity/lockout.hpp"
#include "core/domain/identity/password.hpp"
#include "core/domain/identity/totp.hpp"
#include "core/domain/tokens/api_key.hpp"
#include "core/domain/tokens/family.hpp"
#include "core/domain/tokens/proof.hpp"
#include "core/domain/tokens/session.hpp"

namespace mb::composition {

/// What the configuration says to the core.
struct policies {
    identity::password_policy passwords;
    identity::lockout_policy lockout;
    identity::link_policy links;
    tokens::token_policy tokens;
    tokens::api_key_policy api_keys;
    tokens::session_policy sessions;
    identity::totp_policy totp;
    tokens::proof_policy proofs;
};
policies policies_of(config::settings const& settings);

}  // namespace mb::composition
