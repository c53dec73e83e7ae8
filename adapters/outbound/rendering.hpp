#pragma once

#include "core/domain/notify/message.hpp"

#include <string>
#include <string_view>

namespace mb::outbound {

/// A mail in words. `text` and `html` say the same.
struct rendered_mail {
    std::string subject;
    std::string text;
    std::string html;
};

/// The link that a mail carries: it opens a page that asks before it spends the token, because mail scanners follow links (decisions.md #11).
std::string link_of(notify::message const& message, std::string_view frontend_url);

/// Writes the mail in its language. Every value is escaped in `html`.
/// @param frontend_url  scheme and authority, no trailing slash
rendered_mail render(notify::message const& message, std::string_view frontend_url);

/// & < > " ' as entities.
std::string escape_html(std::string_view text);

/// What travels over SMTP: header fields made of constants and checked addresses only, a text and an HTML part in base64 (RFC 5322, 2045, 2046).
/// @param from  an addr-spec
std::string mime_of(notify::message const& message, rendered_mail const& mail, std::string_view from);

}  // namespace mb::outbound
