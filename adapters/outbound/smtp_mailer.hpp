#pragma once

#include "core/domain/base/secret.hpp"
#include "ports/mailer.hpp"

#include <chrono>
#include <string>

namespace mb::outbound {

struct smtp_server {
    std::string url;   ///< smtp://host[:port] (STARTTLS) or smtps://host[:port]
    std::string user;  ///< "" for no authentication
    secret password;
    std::string from;              ///< addr-spec
    std::string authorities_file;  ///< PEM of who may vouch for it, in the place of the system's; "" for those
    std::chrono::milliseconds connect_max{10'000};
    std::chrono::milliseconds delivery_max{30'000};
};

/// Whether the file can be read and holds one certificate or more in PEM, and nothing else in PEM.
bool holds_certificates(std::string const& path);

/// Hands mails to an SMTP server through libcurl. TLS 1.2 or later, certificate checked, is required; only a server on this machine's
/// loopback may do without. One connection a mail. Called from one thread at a time.
class smtp_mailer final : public ports::mailer {
public:
    /// @param frontend_url  scheme and authority, no trailing slash
    smtp_mailer(smtp_server server, std::string frontend_url);

    /// @error unavailable  no connection, no TLS, time-out, log-in refused, or a reply of 4xx. A connection that breaks after the content was sent
    ///                     counts too: rather a mail twice than none.
    /// @error unexpected   the server refused this mail for good (reply 5xx to sender, recipient or content).
    outcome<void> deliver(notify::message const& message) override;

private:
    smtp_server const server_;
    std::string const frontend_url_;
};

}  // namespace mb::outbound
