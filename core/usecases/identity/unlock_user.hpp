#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/identity/account.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

namespace mb::usecases {

/// Forgets the failed logins of a user, and with them the lock.
/// Denials: forbidden, user_not_found.
class unlock_user final {
public:
    unlock_user(ports::store& store, ports::clock const& clock, ports::randomness const& random, ports::digester const& digests)
        : store_(store),
          clock_(clock),
          random_(random),
          digests_(digests)
    {
    }

    outcome<answer<account>> operator()(identity::user_id target, caller const& who, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::digester const& digests_;
};

}  // namespace mb::usecases
