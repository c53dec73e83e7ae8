#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/identity/lockout.hpp"
#include "core/usecases/access/catalogue_cache.hpp"
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
};

/// Starts a session with a password. Verifies a hash: run it on the lane for that; no connection is held meanwhile.
/// Denials, the first that holds: account_locked (with retry_after), for any identifier, known or not; invalid_credentials; and only after
/// a right password: account_disabled, email_not_verified.
class log_in final {
public:
    log_in(ports::store& store, catalogue_cache const& catalogues, ports::clock const& clock, ports::randomness const& random,
           ports::password_hasher const& hasher, ports::digester const& digests, ports::token_codec const& codec,
           identity::lockout_policy const& lockout, tokens::token_policy const& policy)
        : store_(store),
          catalogues_(catalogues),
          clock_(clock),
          random_(random),
          hasher_(hasher),
          digests_(digests),
          codec_(codec),
          lockout_(lockout),
          policy_(policy)
    {
    }

    outcome<answer<token_pair>> operator()(credentials const& shown, audit::origin const& from) const;

private:
    ports::store& store_;
    catalogue_cache const& catalogues_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::password_hasher const& hasher_;
    ports::digester const& digests_;
    ports::token_codec const& codec_;
    identity::lockout_policy lockout_;
    tokens::token_policy policy_;
};

}  // namespace mb::usecases
