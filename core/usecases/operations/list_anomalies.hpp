#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "ports/clock.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

namespace mb::usecases {

/// Reads a page of anomalies, newest first.
/// Denials: forbidden.
class list_anomalies final {
public:
    /// @param lists  where pages are read from; it may lag behind.
    list_anomalies(ports::store& store, ports::store& lists, ports::clock const& clock, ports::randomness const& random)
        : store_(store),
          lists_(lists),
          clock_(clock),
          random_(random)
    {
    }

    outcome<answer<ports::anomaly_page>> operator()(ports::anomaly_filter const& filter, caller const& who, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::store& lists_;
    ports::clock const& clock_;
    ports::randomness const& random_;
};

}  // namespace mb::usecases
