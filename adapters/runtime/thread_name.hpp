#pragma once

#include <chrono>
#include <string_view>

namespace mb::runtime {

/// Names the calling thread for debuggers and `top`; the system keeps 15 bytes.
void name_thread(std::string_view name) noexcept;

/// Has the system run the calling thread, and those that it starts, as soon as they wake: they take short turns, so that they may interrupt
/// whoever takes long ones. Linux 6.12 and later; others change nothing (sched_setattr(2), sched_runtime of SCHED_OTHER).
void take_short_turns() noexcept;

/// How long the calling thread may run while others wait; zero where the system doesn't tell (before Linux 6.12).
std::chrono::nanoseconds own_turn() noexcept;

/// Lets the other threads of the machine go first: `niceness` 1 to 19, as nice(2) counts, and long turns. A system that refuses changes nothing.
void yield_to_others(int niceness) noexcept;

}  // namespace mb::runtime
