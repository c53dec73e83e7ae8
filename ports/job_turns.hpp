#pragma once

#include "core/domain/base/id.hpp"
#include "core/domain/base/instant.hpp"
#include "core/domain/base/outcome.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mb::ports {

using turn_id = id<struct turn_tag>;

/// The right to run a job, for a while.
struct job_turn {
    std::string job;
    turn_id id;  ///< of this turn alone: a turn that has ended can't renew or end the next one
};

enum class turn_state : std::uint8_t { held, lost };

/// Lets one of several servers run a job at a time. It saves work; it is no lock that correctness may rest on, since a server can sleep
/// past the end of its turn without knowing it. MUST be callable from any thread.
class job_turns {
public:
    virtual ~job_turns() = default;
    /// @return nothing where somebody has the turn. @error unavailable  nobody knows who has it.
    virtual outcome<std::optional<job_turn>> take(std::string_view job, duration length) = 0;
    /// The turn ends `length` from now on. @return lost  it had ended. @error unavailable
    virtual outcome<turn_state> renew(job_turn const& held, duration length) = 0;
    /// Ends the turn, unless it has ended. @error unavailable  it ends by itself.
    virtual outcome<void> give_back(job_turn const& held) = 0;
};

}  // namespace mb::ports
