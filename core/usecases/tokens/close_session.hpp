#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <string_view>

namespace mb::usecases {

/// Ends the classic session of a cookie, wherever it is used from.
/// Denials: invalid_token, for one that has ended as well.
class close_session final {
public:
    close_session(ports::store& store, ports::clock const& clock, ports::randomness const& random, ports::digester const& digests)
        : store_(store),
          clock_(clock),
          random_(random),
          digests_(digests)
    {
    }

    outcome<answer<done>> operator()(std::string_view cookie, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::digester const& digests_;
};

}  // namespace mb::usecases
