#pragma once

#include <string_view>

namespace mb::runtime {

/// Names the calling thread for debuggers and `top`; the system keeps 15 bytes.
void name_thread(std::string_view name) noexcept;

}  // namespace mb::runtime
