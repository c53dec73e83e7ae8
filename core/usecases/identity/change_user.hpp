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

#include <optional>
#include <string>
#include <vector>

namespace mb::usecases {

/// What is given replaces what there was.
struct user_change {
    std::optional<std::vector<std::string>> roles;  ///< a role given twice counts once
    std::optional<identity::user_status> status;
};

/// Changes what a user may do. Disabling one ends all of their sessions. A role that holds what the caller doesn't is not theirs to give: trying
/// it is recorded as PRIVILEGE_ESCALATION_ATTEMPT.
/// Violations: /roles/<i>. Denials: forbidden, user_not_found, last_admin.
class change_user final {
public:
    change_user(ports::store& store, ports::clock const& clock, ports::randomness const& random, ports::digester const& digests)
        : store_(store),
          clock_(clock),
          random_(random),
          digests_(digests)
    {
    }

    outcome<answer<account>> operator()(identity::user_id target, user_change const& asked, caller const& who, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::digester const& digests_;
};

}  // namespace mb::usecases
