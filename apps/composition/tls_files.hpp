#pragma once

#include "adapters/config/settings.hpp"
#include "adapters/http/edge/tls_context.hpp"
#include "ports/clock.hpp"

#include <memory>
#include <string>
#include <vector>

namespace mb::composition {

/// What TLS_CERT_FILE and TLS_KEY_FILE hold at this moment.
struct tls_reading {
    std::shared_ptr<http::tls_context const> context;  ///< null where something is wrong, or where TLS is not asked for
    std::vector<std::string> wrong;                    ///< each names the variable and the remedy, in the configured language
    std::vector<std::string> unwise;                   ///< what works today and deserves a look
};

/// Reads the files and holds the certificate against the clock and PUBLIC_URL. Out of its time it is wrong in production and unwise in a lab.
/// @param time  outlives the context
tls_reading read_tls(config::settings const& settings, ports::clock const& time);

}  // namespace mb::composition
