#pragma once

#include <string_view>

namespace mb::runtime {

/// Names the calling thread for debuggers and `top`; the system keeps 15 bytes.
void name_thread(std::string_view name) noexcept;

/// Lets the other threads of the machine go first: `niceness` 1 to 19, as nice(2) counts. A system that refuses changes nothing.
void yield_to_others(int niceness) noexcept;

}  // namespace mb::runtime
