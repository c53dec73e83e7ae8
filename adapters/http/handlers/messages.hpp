#pragma once

#include "adapters/http/bodies.hpp"
#include "adapters/http/exchange.hpp"
#include "core/usecases/identity/log_in.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace mb::http {

/// {"message": …} with the route's own success status.
response message_answer(exchange const& asked, notice what);

/// Whether a browser asks, for somebody to look at.
bool wants_page(exchange const& asked) noexcept;
/// Whether a program asks, for JSON by name.
bool wants_json(exchange const& asked) noexcept;
response page_answer(int status, std::string body);
response notice_page(exchange const& asked, int status, std::string_view text);

/// What a login was given, or what is wrong with it: one of address and user name.
std::variant<usecases::credentials, violations> credentials_of(exchange const& asked, credentials_body& body);
/// The cookie that a browser kept from an earlier login; "" where it sent none.
std::string device_of(exchange const& asked);
/// Gives it to the browser.
void remember_device(exchange const& asked, usecases::device_cookie const& device, response& made);

}  // namespace mb::http
