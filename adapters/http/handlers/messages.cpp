#include "adapters/http/handlers/messages.hpp"

#include "adapters/http/cookies.hpp"
#include "adapters/http/pages.hpp"
#include "adapters/json/writer.hpp"

#include <utility>

namespace mb::http {

response message_answer(exchange const& asked, notice what)
{
    std::string body;
    json::writer out(body);
    out.begin_object();
    out.key("message").text(text_of(what, asked.tongue()));
    out.end_object();
    return json_answer(asked.matched().success, std::move(body));
}

bool wants_page(exchange const& asked) noexcept { return asked.asked().head.field("accept").find("text/html") != std::string_view::npos; }

bool wants_json(exchange const& asked) noexcept
{
    return asked.asked().head.field("accept").find("application/json") != std::string_view::npos && !wants_page(asked);
}

response page_answer(int status, std::string body)
{
    response made;
    made.status = status;
    made.content_type = "text/html; charset=utf-8";
    made.body = std::move(body);
    return made;
}

response notice_page(exchange const& asked, int status, std::string_view text)
{
    return page_answer(status, draw(page::notice, asked.tongue(),
                                    {{"LANG", notify::name_of(asked.tongue())}, {"TEXT", text}, {"URL", asked.settings().public_url}}));
}

std::variant<usecases::credentials, violations> credentials_of(exchange const& asked, credentials_body& body)
{
    if (!body.email && !body.username) return violations{{"/email", violation_code::required, {}}};
    if (body.email && body.username) return violations{{"/username", violation_code::contradiction, {}}};
    return usecases::credentials{body.email ? std::move(body.email->value) : std::move(body.username->value), std::move(body.password.value),
                                 device_of(asked)};
}

std::string device_of(exchange const& asked)
{
    auto const sent = cookie(asked.asked().head.field("cookie"), cookie_name(asked.settings(), cookie_kind::device));
    return std::string(sent.value_or(""));
}

void remember_device(exchange const& asked, usecases::device_cookie const& device, response& made)
{
    made.fields.emplace_back("Set-Cookie", set_cookie(asked.settings(), cookie_kind::device, device.text, device.life));
}

}  // namespace mb::http
