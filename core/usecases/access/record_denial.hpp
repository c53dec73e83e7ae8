#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "ports/clock.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <optional>
#include <string>

namespace mb::usecases {

/// A 403, and what decided it.
struct refused_request {
    problem why = problem::forbidden;
    std::string action;  ///< what was asked for: "administer", or another power
    std::string rule;    ///< what decided (access::verdict)
    audit::event_type as = audit::event_type::permission_denied;
};

/// Writes the row of a 403 in a transaction of its own: of one that the edge gives by itself, or a use case before its work. A use case that
/// answers `forbidden` has written one, by this or in its transaction.
class record_denial final {
public:
    record_denial(ports::store& store, ports::clock const& clock, ports::randomness const& random) : store_(store), clock_(clock), random_(random) {}

    /// @param who  null where nobody was known; ends with the call.
    outcome<void> operator()(caller const* who, refused_request const& refused, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
};

/// Denies `forbidden`, and records it, unless a role of the caller administers: the second line behind the route table.
outcome<std::optional<denial>> refuse_unless_administers(caller const& who, audit::origin const& from, ports::store& store, ports::clock const& clock,
                                                         ports::randomness const& random);
/// The same for what changes who may do what: trying it is recorded as PRIVILEGE_ESCALATION_ATTEMPT.
outcome<std::optional<denial>> refuse_unless_grants(caller const& who, audit::origin const& from, ports::store& store, ports::clock const& clock,
                                                    ports::randomness const& random);

}  // namespace mb::usecases
