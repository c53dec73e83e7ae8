#include "adapters/runtime/thread_name.hpp"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

namespace mb::runtime {
namespace {

using std::chrono::nanoseconds;

/// sched_setattr(2), for which the C library of Debian 12 has no function.
struct schedule {
    std::uint32_t size = sizeof(schedule);
    std::uint32_t policy = 0;  ///< SCHED_OTHER
    std::uint64_t flags = 0;
    std::int32_t niceness = 0;
    std::uint32_t priority = 0;
    std::uint64_t turn_ns = 0;
    std::uint64_t deadline = 0;
    std::uint64_t period = 0;
};
static_assert(sizeof(schedule) == 48);  // its first version

constexpr nanoseconds short_turn = std::chrono::microseconds{100};  // the shortest that Linux takes
constexpr nanoseconds long_turn = std::chrono::milliseconds{3};     // what it gives by itself on a few cores

void take_turns(nanoseconds length, int niceness) noexcept
{
    schedule wanted;
    wanted.niceness = niceness;
    wanted.turn_ns = static_cast<std::uint64_t>(length.count());
    (void)syscall(SYS_sched_setattr, 0, &wanted, 0);
}

}  // namespace

void name_thread(std::string_view name) noexcept
{
    char shown[16] = {};
    std::copy_n(name.data(), std::min(name.size(), sizeof shown - 1), shown);
    pthread_setname_np(pthread_self(), shown);
}

nanoseconds own_turn() noexcept
{
    schedule told;
    if (syscall(SYS_sched_getattr, 0, &told, sizeof told, 0) != 0) return {};
    return nanoseconds{static_cast<std::int64_t>(told.turn_ns)};
}

void take_short_turns() noexcept { take_turns(short_turn, getpriority(PRIO_PROCESS, 0)); }

void yield_to_others(int niceness) noexcept { take_turns(long_turn, niceness); }

}  // namespace mb::runtime
