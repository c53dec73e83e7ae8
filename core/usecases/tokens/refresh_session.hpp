#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/catalogue_cache.hpp"
#include "core/usecases/operations/anomaly_watch.hpp"
#include "core/usecases/tokens/token_pair.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <string_view>

namespace mb::usecases {

/// Spends a refresh token for a new pair (seed 004 phase 4, decisions.md #10).
/// Denials: invalid_token, expired_token, concurrent_refresh (lost a race, nothing is revoked),
/// token_theft (a spent token came back: its family has been revoked). Within `refresh_replay` a token that was just spent gets the same pair again.
class refresh_session final {
public:
    refresh_session(ports::store& store, catalogue_cache const& catalogues, ports::clock const& clock, ports::randomness const& random,
                    ports::token_codec const& codec, tokens::token_policy const& policy, anomaly_watch& watch)
        : store_(store),
          catalogues_(catalogues),
          clock_(clock),
          random_(random),
          codec_(codec),
          policy_(policy),
          watch_(watch)
    {
    }

    /// @param arrived  when the request reached this server, by the clock that the rotation is stamped with.
    outcome<answer<token_pair>> operator()(std::string_view refresh_token, instant arrived, audit::origin const& from) const;

private:
    ports::store& store_;
    catalogue_cache const& catalogues_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::token_codec const& codec_;
    tokens::token_policy policy_;
    anomaly_watch& watch_;
};

}  // namespace mb::usecases
