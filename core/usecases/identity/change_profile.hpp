#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/identity/user.hpp"
#include "core/usecases/access/caller.hpp"
#include "ports/clock.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <optional>
#include <string>

namespace mb::usecases {

/// Absent leaves a member as it is, null takes it away (RFC 7396).
struct profile_patch {
    std::optional<std::optional<std::string>> display_name;
    std::optional<std::optional<std::string>> username;
};

/// Changes the caller's own data. A patch that changes nothing writes nothing.
/// Violations: /display_name /username. Denials: username_taken; invalid_token where the account is gone.
class change_profile final {
public:
    change_profile(ports::store& store, ports::clock const& clock, ports::randomness const& random) : store_(store), clock_(clock), random_(random) {}

    outcome<answer<identity::user>> operator()(profile_patch const& patch, caller const& who, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
};

}  // namespace mb::usecases
