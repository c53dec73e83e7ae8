#include "adapters/outbound/console_mailer.hpp"

#include "adapters/log/logger.hpp"

namespace mb::outbound {

outcome<void> console_mailer::deliver(notify::message const& message)
{
    log_.info("mail", "", "[VERIFY EMAIL] URL: " + url_ + "/api/v1/auth/verify-email?token=" + std::string(message.link_token.reveal()));
    return {};
}

}  // namespace mb::outbound
