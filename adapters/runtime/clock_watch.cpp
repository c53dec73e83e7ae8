#include "adapters/runtime/clock_watch.hpp"

namespace mb::runtime {

std::optional<duration> clock_watch::look()
{
    auto const wall = time_.now();
    auto const ticks = time_.ticks();
    auto const jump = (wall - wall_) - (ticks - ticks_);
    wall_ = wall;
    ticks_ = ticks;
    if (jump < jump_min && jump > -jump_min) return std::nullopt;
    jumped_at_ = ticks;
    return jump;
}

}  // namespace mb::runtime
