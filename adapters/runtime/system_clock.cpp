#include "adapters/runtime/system_clock.hpp"

#include <time.h>

namespace mb::runtime {
namespace {

duration read(clockid_t which) noexcept
{
    timespec at{};
    clock_gettime(which, &at);  // can't fail: both clocks exist on every Linux
    return std::chrono::seconds{at.tv_sec} + std::chrono::floor<duration>(std::chrono::nanoseconds{at.tv_nsec});
}

}  // namespace

instant system_clock::now() const noexcept { return instant{read(CLOCK_REALTIME)}; }
duration system_clock::ticks() const noexcept { return read(CLOCK_MONOTONIC); }

}  // namespace mb::runtime
