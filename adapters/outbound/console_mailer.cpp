#include "adapters/outbound/console_mailer.hpp"

#include "adapters/log/logger.hpp"
#include "adapters/outbound/rendering.hpp"

namespace mb::outbound {
namespace {

/// "verify_email" → "VERIFY EMAIL"
std::string label_of(notify::message_kind kind)
{
    std::string label(notify::name_of(kind));
    for (char& c : label) c = c == '_' ? ' ' : static_cast<char>(c - 0x20);
    return label;
}

}  // namespace

outcome<void> console_mailer::deliver(notify::message const& message)
{
    auto const mail = render(message, frontend_url_);
    auto line = "[" + label_of(message.kind) + "]";
    if (!message.link_token.empty()) line += " URL: " + link_of(message, frontend_url_);
    log_.info("mail", "", line, {{"to", message.recipient.text()}, {"subject", mail.subject}});
    return {};
}

}  // namespace mb::outbound
