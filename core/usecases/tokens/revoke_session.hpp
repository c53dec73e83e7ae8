#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "ports/clock.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

namespace mb::usecases {

/// Ends one session of the caller.
/// Denials: session_not_found, for one that has ended and for somebody else's as well.
class revoke_session final {
public:
    revoke_session(ports::store& store, ports::clock const& clock, ports::randomness const& random) : store_(store), clock_(clock), random_(random) {}

    outcome<answer<done>> operator()(caller const& who, tokens::family_id session, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
};

}  // namespace mb::usecases
