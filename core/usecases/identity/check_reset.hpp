#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/identity/link_policy.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <string_view>

namespace mb::usecases {

/// Says whether a reset link would be accepted, and uses nothing up. Each look is counted (seed 002 section 2, validation_count).
/// Denials: link_invalid, whatever is wrong with it; too_many_requests (with retry_after) right after a wrong secret.
class check_reset final {
public:
    check_reset(ports::store& store, ports::clock const& clock, ports::randomness const& random, ports::digester const& digests,
                identity::link_policy const& links)
        : store_(store),
          clock_(clock),
          random_(random),
          digests_(digests),
          links_(links)
    {
    }

    outcome<answer<done>> operator()(std::string_view token, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::digester const& digests_;
    identity::link_policy links_;
};

}  // namespace mb::usecases
