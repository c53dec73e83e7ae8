#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace mb::runtime {

/// Tells whoever started this process how it does, by the protocol of sd_notify(3): a datagram to the socket that NOTIFY_SOCKET names.
/// Where nobody asked, does nothing. A message that can't be sent is dropped: serving is more important than being seen to serve.
class service_manager {
public:
    /// Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
    static service_manager from_environment();

    void ready() const noexcept { tell("READY=1"); }
    void stopping() const noexcept { tell("STOPPING=1"); }
    void alive() const noexcept { tell("WATCHDOG=1"); }

    /// How often alive() is wanted at least; nothing where nobody watches this process.
    std::optional<std::chrono::microseconds> watchdog() const noexcept { return watchdog_; }

private:
    void tell(char const* what) const noexcept;

    std::string socket_;
    std::optional<std::chrono::microseconds> watchdog_;
};

}  // namespace mb::runtime
