#include "adapters/runtime/thread_name.hpp"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

namespace mb::runtime {

void name_thread(std::string_view name) noexcept
{
    char shown[16] = {};
    std::copy_n(name.data(), std::min(name.size(), sizeof shown - 1), shown);
    pthread_setname_np(pthread_self(), shown);
}

void yield_to_others(int niceness) noexcept
{
    // Linux takes the id of a thread for that of a process
    (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), niceness);
}

}  // namespace mb::runtime
