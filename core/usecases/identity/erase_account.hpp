#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/mfa/proofs.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

namespace mb::usecases {

/// Erases an account in one transaction (GDPR article 17): its sessions, links, keys, counters and mails are removed, events and attempts stay
/// and say no longer whom they are about, and of the account its identity is left, so that no other is given it.
/// For the owner, who has to have shown just now who they are; of somebody else only for who administers.
/// Denials: forbidden, user_not_found, step_up_required, last_admin.
class erase_account final {
public:
    erase_account(ports::store& store, proofs const& fresh, ports::clock const& clock, ports::randomness const& random,
                  ports::digester const& digests)
        : store_(store),
          proofs_(fresh),
          clock_(clock),
          random_(random),
          digests_(digests)
    {
    }

    outcome<answer<done>> operator()(identity::user_id target, caller const& who, audit::origin const& from) const;

private:
    ports::store& store_;
    proofs const& proofs_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::digester const& digests_;
};

}  // namespace mb::usecases
