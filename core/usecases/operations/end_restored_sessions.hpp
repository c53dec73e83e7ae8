#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/outcome.hpp"
#include "ports/clock.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <cstddef>

namespace mb::usecases {

/// Ends every session of everybody, after a backup was restored: what was logged out since it was made must not come back to life.
class end_restored_sessions final {
public:
    end_restored_sessions(ports::store& store, ports::clock const& clock, ports::randomness const& random)
        : store_(store),
          clock_(clock),
          random_(random)
    {
    }

    /// @return how many sessions were alive in the backup.
    outcome<std::size_t> operator()(audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
};

}  // namespace mb::usecases
