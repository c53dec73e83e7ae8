#pragma once

#include "ports/clock.hpp"

#include <chrono>
#include <optional>

namespace mb::runtime {

/// Notices when the wall clock was moved against the one that never jumps. For one thread; `time` outlives it.
class clock_watch {
public:
    static constexpr duration jump_min = std::chrono::minutes{10};
    static constexpr duration calm = std::chrono::hours{1};

    explicit clock_watch(ports::clock const& time) : time_(time), wall_(time.now()), ticks_(time.ticks()) {}

    /// To be called again and again: what happens slowly, between many calls, is no jump.
    /// @return by how much the wall clock jumped since the last call, forward or back, where that is `jump_min` or more.
    std::optional<duration> look();
    /// Whether nothing jumped for as long as it takes to put a clock right: what ends by the wall clock may be deleted.
    bool is_calm() const noexcept { return !jumped_at_ || time_.ticks() - *jumped_at_ >= calm; }

private:
    ports::clock const& time_;
    instant wall_;
    duration ticks_;
    std::optional<duration> jumped_at_;
};

}  // namespace mb::runtime
