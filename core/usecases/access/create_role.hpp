#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/access/role_input.hpp"
#include "ports/clock.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

namespace mb::usecases {

/// Makes a role. Nobody makes one that outdoes them: trying it is recorded as PRIVILEGE_ESCALATION_ATTEMPT.
/// Violations: /name /description /permissions /permissions/<i>. Denials: forbidden, role_exists, limit_reached.
class create_role final {
public:
    create_role(ports::store& store, ports::clock const& clock, ports::randomness const& random, access::role_policy const& policy)
        : store_(store),
          clock_(clock),
          random_(random),
          policy_(policy)
    {
    }

    outcome<answer<access::role>> operator()(role_input const& asked, caller const& who, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    access::role_policy policy_;
};

}  // namespace mb::usecases
