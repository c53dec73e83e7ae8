#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/base/secret.hpp"
#include "core/usecases/access/catalogue_cache.hpp"
#include "core/usecases/identity/password_gate.hpp"
#include "core/usecases/mfa/proofs.hpp"
#include "core/usecases/tokens/token_pair.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <string>

namespace mb::usecases {

struct credentials {
    std::string identifier;  ///< e-mail address or user name
    secret password;         ///< exactly as received
    std::string device{};    ///< the cookie of a browser that logged in before; "" where it sent none
};

/// Starts a session with a password. Verifies a hash: run it on the lane for that; no connection is held meanwhile.
/// Where the account has a second factor it leads to the second step (verify_factor).
/// Denials, the first that holds: account_locked (with retry_after), for any identifier, known or not; invalid_credentials; and only after
/// a right password: account_disabled, email_not_verified.
class log_in final {
public:
    log_in(password_gate const& gate, proofs const& steps, catalogue_cache const& catalogues, ports::clock const& clock,
           ports::randomness const& random, ports::token_codec const& codec, tokens::token_policy const& policy)
        : gate_(gate),
          proofs_(steps),
          catalogues_(catalogues),
          clock_(clock),
          random_(random),
          codec_(codec),
          policy_(policy)
    {
    }

    outcome<answer<entrance<token_pair>>> operator()(credentials const& shown, audit::origin const& from) const;

private:
    password_gate const& gate_;
    proofs const& proofs_;
    catalogue_cache const& catalogues_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::token_codec const& codec_;
    tokens::token_policy policy_;
};

}  // namespace mb::usecases
