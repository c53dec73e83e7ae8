#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/identity/user.hpp"
#include "core/domain/tokens/session.hpp"
#include "core/usecases/identity/log_in.hpp"
#include "core/usecases/identity/password_gate.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"

namespace mb::usecases {

struct opened_session {
    secret cookie;  ///< 32 random bytes in base64url; kept by nobody
    tokens::session session;
    identity::user user;
    device_cookie device;
};

/// Begins a classic session with a password (seed 004 phase 3). Verifies a hash: run it on the lane for that.
/// Denials: as log_in.
class open_session final {
public:
    open_session(password_gate const& gate, ports::clock const& clock, ports::randomness const& random, ports::digester const& digests,
                 tokens::session_policy const& policy)
        : gate_(gate),
          clock_(clock),
          random_(random),
          digests_(digests),
          policy_(policy)
    {
    }

    outcome<answer<opened_session>> operator()(credentials const& shown, audit::origin const& from) const;

private:
    password_gate const& gate_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::digester const& digests_;
    tokens::session_policy policy_;
};

}  // namespace mb::usecases
