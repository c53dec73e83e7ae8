#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/identity/link_policy.hpp"
#include "core/domain/notify/message.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/mfa/proofs.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

namespace mb::usecases {

/// Turns the second factor off and forgets its key and its recovery codes; the owner is told by mail.
/// Denials: second_factor_missing, step_up_required; invalid_token where the account is gone.
class disable_factor final {
public:
    disable_factor(ports::store& store, proofs const& fresh, ports::clock const& clock, ports::randomness const& random,
                   ports::digester const& digests, identity::link_policy const& links)
        : store_(store),
          proofs_(fresh),
          clock_(clock),
          random_(random),
          digests_(digests),
          links_(links)
    {
    }

    /// @param tongue  of the mail.
    outcome<answer<done>> operator()(notify::language tongue, caller const& who, audit::origin const& from) const;

private:
    ports::store& store_;
    proofs const& proofs_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::digester const& digests_;
    identity::link_policy links_;
};

}  // namespace mb::usecases
