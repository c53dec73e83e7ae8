#include "adapters/outbound/console_mailer.hpp"

#include "adapters/log/logger.hpp"
#include "adapters/outbound/rendering.hpp"

namespace mb::outbound {

outcome<void> console_mailer::deliver(notify::message const& message)
{
    auto const mail = render(message, frontend_url_);
    auto const line = message.kind == notify::message_kind::verify_email ? "[VERIFY EMAIL] URL: " + link_of(message, frontend_url_)
                                                                         : std::string("[ALREADY REGISTERED]");
    log_.info("mail", "", line, {{"to", message.recipient.text()}, {"subject", mail.subject}});
    return {};
}

}  // namespace mb::outbound
