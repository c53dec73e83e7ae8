#pragma once

#include "ports/mailer.hpp"

#include <string>

namespace mb::log {
class logger;
}

namespace mb::outbound {

class console_mailer final : public ports::mailer {
public:
    console_mailer(log::logger& log, std::string frontend_url) : log_(log), url_(std::move(frontend_url)) {}
    outcome<void> deliver(notify::message const& message) override;

private:
    log::logger& log_;
    std::string url_;
};

}  // namespace mb::outbound
