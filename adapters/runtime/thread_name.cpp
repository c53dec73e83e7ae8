#include "adapters/runtime/thread_name.hpp"

#include <pthread.h>

#include <algorithm>

namespace mb::runtime {

void name_thread(std::string_view name) noexcept
{
    char shown[16] = {};
    std::copy_n(name.data(), std::min(name.size(), sizeof shown - 1), shown);
    pthread_setname_np(pthread_self(), shown);
}

}  // namespace mb::runtime
