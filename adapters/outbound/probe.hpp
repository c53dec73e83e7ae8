#pragma once

#include "core/domain/base/outcome.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace mb::outbound {

/// Where a server of this machine listens.
struct listener {
    std::string address;  ///< numeric, or localhost; one that means every address stands for loopback
    std::uint16_t port = 0;
    std::string host;  ///< the Host that it accepts
    bool tls = false;
    std::chrono::milliseconds patience{2'000};
};

/// Asks a server on this machine whether its process answers (GET /api/v1/health/live). Over TLS the certificate is not checked: it names
/// the public host, and who answers on a port of this machine is not what is asked.
/// @error unavailable  no answer in time, or any other than 200
outcome<void> ask_whether_alive(listener const& where);

}  // namespace mb::outbound
