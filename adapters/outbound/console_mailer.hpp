#pragma once

#include "ports/mailer.hpp"

#include <string>

namespace mb::log {
class logger;
}

namespace mb::outbound {

/// Prints mails in the log, links included: for labs, never for production. Never fails.
class console_mailer final : public ports::mailer {
public:
    /// @param log           outlives the mailer
    /// @param frontend_url  scheme and authority, no trailing slash
    console_mailer(log::logger& log, std::string frontend_url) : log_(log), frontend_url_(std::move(frontend_url)) {}
    outcome<void> deliver(notify::message const& message) override;

private:
    log::logger& log_;
    std::string frontend_url_;
};

}  // namespace mb::outbound
