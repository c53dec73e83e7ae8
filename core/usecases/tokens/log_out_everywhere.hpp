#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "ports/clock.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <cstddef>

namespace mb::usecases {

struct sessions_ended {
    std::size_t count = 0;
};

/// Ends every session of the caller, the present one too.
class log_out_everywhere final {
public:
    log_out_everywhere(ports::store& store, ports::clock const& clock, ports::randomness const& random)
        : store_(store),
          clock_(clock),
          random_(random)
    {
    }

    outcome<answer<sessions_ended>> operator()(caller const& who, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
};

}  // namespace mb::usecases
