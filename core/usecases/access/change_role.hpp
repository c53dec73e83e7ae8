#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/access/role_input.hpp"
#include "ports/clock.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <cstdint>
#include <optional>

namespace mb::usecases {

/// Gives a role another description and other permissions; who holds it feels that at the next request. What is added, the caller has to hold.
/// Violations: /description /permissions /permissions/<i>. Denials: forbidden, role_not_found, role_built_in, precondition_failed.
class change_role final {
public:
    change_role(ports::store& store, ports::clock const& clock, ports::randomness const& random, access::role_policy const& policy)
        : store_(store),
          clock_(clock),
          random_(random),
          policy_(policy)
    {
    }

    outcome<answer<access::role>> operator()(role_input const& asked, std::optional<std::int64_t> expected_version, caller const& who,
                                             audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    access::role_policy policy_;
};

}  // namespace mb::usecases
