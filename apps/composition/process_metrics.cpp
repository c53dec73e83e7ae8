#include "apps/composition/process_metrics.hpp"

#include "adapters/http/exposition.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace mb::composition {
namespace {

double seconds(timeval const& span) noexcept { return static_cast<double>(span.tv_sec) + static_cast<double>(span.tv_usec) / 1e6; }

struct memory_pages {
    std::uint64_t whole_pages = 0;
    std::uint64_t resident_pages = 0;
};

memory_pages read_memory()
{
    memory_pages read;
    std::ifstream("/proc/self/statm") >> read.whole_pages >> read.resident_pages;
    return read;
}

std::uint64_t count_descriptors()
{
    std::error_code failed;
    std::filesystem::directory_iterator entries("/proc/self/fd", failed);
    if (failed) return 0;
    auto const count = static_cast<std::uint64_t>(std::distance(begin(entries), end(entries)));
    return count > 0 ? count - 1 : 0;  // the one that reads the folder is among them
}

}  // namespace

void write_process_metrics(http::exposition& into, instant started)
{
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    rlimit descriptors{};
    ::getrlimit(RLIMIT_NOFILE, &descriptors);
    auto const page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    auto const pages = read_memory();
    into.counter("process_cpu_seconds_total", "Time on processors, of the program and of the kernel for it.")
        .sample({}, seconds(used.ru_utime) + seconds(used.ru_stime));
    into.gauge("process_resident_memory_bytes", "Memory in RAM.").sample(pages.resident_pages * page);
    into.gauge("process_virtual_memory_bytes", "Memory addressed.").sample(pages.whole_pages * page);
    into.gauge("process_open_fds", "Open file descriptors.").sample(count_descriptors());
    into.gauge("process_max_fds", "How many there may be.").sample(std::uint64_t{descriptors.rlim_cur});
    into.gauge("process_start_time_seconds", "When the process began to serve.")
        .sample({}, static_cast<double>(started.time_since_epoch().count()) / 1e6);
}

}  // namespace mb::composition
