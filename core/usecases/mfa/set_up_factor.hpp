#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/identity/totp.hpp"
#include "core/usecases/access/caller.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

namespace mb::usecases {

/// What an app needs to make codes.
struct factor_offer {
    secret key;  ///< in base32, for who can't photograph the URI
    secret uri;  ///< otpauth://totp/…
};

/// Draws a key for the caller's app. It changes nothing until a code of it is shown (enable_factor); asking again replaces it.
/// Denials: second_factor_exists; invalid_token where the account is gone.
class set_up_factor final {
public:
    set_up_factor(ports::store& store, ports::clock const& clock, ports::randomness const& random, identity::totp_policy const& policy)
        : store_(store),
          clock_(clock),
          random_(random),
          policy_(policy)
    {
    }

    outcome<answer<factor_offer>> operator()(caller const& who, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    identity::totp_policy policy_;
};

}  // namespace mb::usecases
