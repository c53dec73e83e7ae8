#include "adapters/runtime/service_manager.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace mb::runtime {
namespace {

std::optional<std::uint64_t> number_in(char const* variable)
{
    auto const* const text = std::getenv(variable);
    if (text == nullptr) return std::nullopt;
    std::string_view const digits{text};
    std::uint64_t number = 0;
    auto const [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (failed != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return number;
}

}  // namespace

service_manager service_manager::from_environment()
{
    service_manager made;
    if (auto const* const path = std::getenv("NOTIFY_SOCKET"); path != nullptr) made.socket_ = path;
    auto const period = number_in("WATCHDOG_USEC");
    auto const watched = number_in("WATCHDOG_PID");  // a parent's, where it was inherited
    if (period && *period > 0 && *period <= INT64_MAX && (!watched || *watched == static_cast<std::uint64_t>(::getpid())))
        made.watchdog_ = std::chrono::microseconds{static_cast<std::int64_t>(*period)};
    return made;
}

void service_manager::tell(char const* what) const noexcept
{
    sockaddr_un to{};
    if (socket_.size() < 2 || socket_.size() >= sizeof to.sun_path || (socket_.front() != '/' && socket_.front() != '@')) return;
    to.sun_family = AF_UNIX;
    std::memcpy(to.sun_path, socket_.data(), socket_.size());
    if (socket_.front() == '@') to.sun_path[0] = '\0';  // the abstract namespace, unix(7)
    int const sender = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (sender < 0) return;
    auto const length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
    (void)::sendto(sender, what, std::strlen(what), MSG_NOSIGNAL | MSG_DONTWAIT, reinterpret_cast<sockaddr const*>(&to), length);
    ::close(sender);
}

}  // namespace mb::runtime
