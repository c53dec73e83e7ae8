#pragma once

#include "ports/clock.hpp"
#include "ports/job_turns.hpp"
#include "ports/randomness.hpp"

#include <map>
#include <mutex>
#include <string>

namespace mb::memory {

/// Turns of the threads of one process. Never fails.
class memory_job_turns final : public ports::job_turns {
public:
    /// @param clock, random  outlive this; the clock's ticks count
    memory_job_turns(ports::clock const& clock, ports::randomness const& random) : clock_(clock), random_(random) {}

    outcome<std::optional<ports::job_turn>> take(std::string_view job, duration length) override;
    outcome<ports::turn_state> renew(ports::job_turn const& held, duration length) override;
    outcome<void> give_back(ports::job_turn const& held) override;

private:
    struct turn {
        ports::turn_id id;
        duration until{};
    };

    ports::clock const& clock_;
    ports::randomness const& random_;
    std::mutex mutex_;
    std::map<std::string, turn, std::less<>> turns_;
};

}  // namespace mb::memory
