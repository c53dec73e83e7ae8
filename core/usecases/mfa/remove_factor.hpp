#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/identity/link_policy.hpp"
#include "core/usecases/access/caller.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

namespace mb::usecases {

/// Takes away the second factor of somebody who has lost both the app and the codes, on the word of who administers. Every session of the
/// account ends, and its owner is told by mail: it may be somebody else who said so.
/// Denials: forbidden, user_not_found, second_factor_missing.
class remove_factor final {
public:
    remove_factor(ports::store& store, ports::clock const& clock, ports::randomness const& random, ports::digester const& digests,
                  identity::link_policy const& links)
        : store_(store),
          clock_(clock),
          random_(random),
          digests_(digests),
          links_(links)
    {
    }

    outcome<answer<done>> operator()(identity::user_id target, caller const& who, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::digester const& digests_;
    identity::link_policy links_;
};

}  // namespace mb::usecases
