#include "adapters/runtime/signals.hpp"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <initializer_list>

namespace mb::runtime {
namespace {

sigset_t awaited() noexcept
{
    sigset_t set;
    sigemptyset(&set);
    for (int const number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, number);
    return set;
}

}  // namespace

void block_signals() noexcept
{
    auto const set = awaited();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    signal(SIGPIPE, SIG_IGN);
}

signal_received wait_for_signal() noexcept
{
    auto const set = awaited();
    int number = 0;
    do {
        number = sigwaitinfo(&set, nullptr);  // -1 and EINTR where a debugger stopped and continued the process
    } while (number < 0 && errno == EINTR);
    return number == SIGHUP ? signal_received::reload : signal_received::terminate;
}

void request_termination() noexcept { kill(getpid(), SIGTERM); }

}  // namespace mb::runtime
