#pragma once

#include "core/domain/anomaly/finding.hpp"
#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "ports/clock.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <cstdint>

namespace mb::usecases {

enum class review : std::uint8_t { done, open };

/// Marks an anomaly as looked at, or as not looked at after all. What it is marked as already stays as it is, with who was first, and is no event.
/// Denials: forbidden, anomaly_not_found.
class review_anomaly final {
public:
    review_anomaly(ports::store& store, ports::clock const& clock, ports::randomness const& random) : store_(store), clock_(clock), random_(random) {}

    outcome<answer<anomaly::finding>> operator()(audit::log_id which, review as, caller const& who, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
};

}  // namespace mb::usecases
