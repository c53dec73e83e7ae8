#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/tokens/session.hpp"
#include "core/usecases/access/recent_uses.hpp"
#include "core/usecases/operations/anomaly_watch.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <string_view>

namespace mb::usecases {

/// Finds out who presents a session's cookie. The usual request only reads; that it was seen is written later (recent_uses). A session that has
/// expired, or is used from another address, is ended here, once, and that is an event.
/// Denials: invalid_token, expired_token.
class check_session final {
public:
    check_session(ports::store& store, ports::clock const& clock, ports::randomness const& random, ports::digester const& digests, recent_uses& uses,
                  tokens::session_policy const& policy, anomaly_watch& watch)
        : store_(store),
          clock_(clock),
          random_(random),
          digests_(digests),
          uses_(uses),
          policy_(policy),
          watch_(watch)
    {
    }

    outcome<answer<ports::live_session>> operator()(std::string_view cookie, audit::origin const& from) const;

private:
    outcome<answer<ports::live_session>> settle(identity::digest const& digest, audit::origin const& from, instant now) const;

    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::digester const& digests_;
    recent_uses& uses_;
    tokens::session_policy policy_;
    anomaly_watch& watch_;
};

}  // namespace mb::usecases
