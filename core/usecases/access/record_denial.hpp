#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "ports/clock.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <optional>

namespace mb::usecases {

/// Writes PERMISSION_DENIED for a 403 that the edge gives by itself. A use case that answers `forbidden` has written its own row.
class record_denial final {
public:
    record_denial(ports::store& store, ports::clock const& clock, ports::randomness const& random) : store_(store), clock_(clock), random_(random) {}

    /// @param who  none where nobody was known; the pointer ends with the call.
    outcome<void> operator()(std::optional<caller const*> who, problem refused, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
};

/// Denies `forbidden`, and records it, unless a role of the caller administers: the second line behind the route table.
outcome<std::optional<denial>> refuse_unless_administers(caller const& who, audit::origin const& from, ports::store& store, ports::clock const& clock,
                                                         ports::randomness const& random);

}  // namespace mb::usecases
