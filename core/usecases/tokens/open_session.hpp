#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/identity/user.hpp"
#include "core/domain/tokens/session.hpp"
#include "core/usecases/identity/log_in.hpp"
#include "core/usecases/identity/password_gate.hpp"
#include "core/usecases/mfa/proofs.hpp"
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

/// A session and its cookie, not stored yet.
struct begun_session {
    secret cookie;
    tokens::session row;
};
begun_session start_session(identity::user_id owner, audit::origin const& from, ports::randomness const& random, ports::digester const& digests,
                            tokens::session_policy const& policy, instant now);

/// Begins a classic session with a password (seed 004 phase 3), or leads to the second step. Verifies a hash: run it on the lane for that.
/// Denials: as log_in.
class open_session final {
public:
    open_session(password_gate const& gate, proofs const& steps, ports::clock const& clock, ports::randomness const& random,
                 ports::digester const& digests, tokens::session_policy const& policy)
        : gate_(gate),
          proofs_(steps),
          clock_(clock),
          random_(random),
          digests_(digests),
          policy_(policy)
    {
    }

    outcome<answer<entrance<opened_session>>> operator()(credentials const& shown, audit::origin const& from) const;

private:
    password_gate const& gate_;
    proofs const& proofs_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::digester const& digests_;
    tokens::session_policy policy_;
};

}  // namespace mb::usecases
