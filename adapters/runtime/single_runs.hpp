#pragma once

#include "ports/job_turns.hpp"

#include <cstdint>
#include <functional>
#include <mutex>
#include <string_view>
#include <vector>

namespace mb::runtime {

/// Runs jobs of which one server is enough. A job runs all the same where nobody knows who has the turn, so it MUST be one that can run twice.
class single_runs {
public:
    /// @param turns   outlives this
    /// @param length  of a turn: how long the others wait for a server that died
    single_runs(ports::job_turns& turns, duration length) : turns_(turns), length_(length) {}

    enum class ran : std::uint8_t { here, elsewhere };
    /// Runs `what` on this thread unless another server has the turn.
    ran run(std::string_view job, std::function<void()> const& what);
    /// Renews the turns of the jobs that are running. To be called from another thread, several times within the length of a turn.
    void renew();

private:
    ports::job_turns& turns_;
    duration const length_;
    std::mutex mutex_;
    std::vector<ports::job_turn> held_;
};

}  // namespace mb::runtime
