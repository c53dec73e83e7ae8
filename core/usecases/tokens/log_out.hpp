#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/catalogue_cache.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <string_view>

namespace mb::usecases {

/// Ends the session that a refresh token belongs to; one that has ended already is done too.
/// Denials: invalid_token, for a token that can't be verified.
class log_out final {
public:
    log_out(ports::store& store, catalogue_cache const& catalogues, ports::clock const& clock, ports::randomness const& random,
            ports::token_codec const& codec)
        : store_(store),
          catalogues_(catalogues),
          clock_(clock),
          random_(random),
          codec_(codec)
    {
    }

    outcome<answer<done>> operator()(std::string_view refresh_token, audit::origin const& from) const;

private:
    ports::store& store_;
    catalogue_cache const& catalogues_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::token_codec const& codec_;
};

}  // namespace mb::usecases
