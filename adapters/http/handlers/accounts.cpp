#include "adapters/http/cookies.hpp"
#include "adapters/http/handlers.hpp"
#include "adapters/http/handlers/messages.hpp"
#include "adapters/http/handlers/parse_body.hpp"
#include "adapters/http/handlers/token_answer.hpp"
#include "adapters/http/pages.hpp"
#include "adapters/http/problem_status.hpp"
#include "adapters/http/resources.hpp"
#include "adapters/json/writer.hpp"
#include "core/usecases/identity/change_password.hpp"
#include "core/usecases/identity/change_profile.hpp"
#include "core/usecases/identity/check_reset.hpp"
#include "core/usecases/identity/log_in.hpp"
#include "core/usecases/identity/register_user.hpp"
#include "core/usecases/identity/request_reset.hpp"
#include "core/usecases/identity/resend_verification.hpp"
#include "core/usecases/identity/reset_password.hpp"
#include "core/usecases/identity/verify_email.hpp"
#include "core/usecases/tokens/log_out.hpp"

namespace mb::http {
namespace {

std::optional<std::string> text_if_set(auto const& member)
{
    if (!member) return std::nullopt;
    return member->value;
}

template <class T>
std::optional<std::optional<std::string>> as_patch(change<T> const& member)
{
    if (member.what == change<T>::kind::keep) return std::nullopt;
    if (member.what == change<T>::kind::clear) return std::optional<std::string>{};
    return member.value.value;
}

}  // namespace

response register_account(exchange& asked)
{
    auto parsed = parse_body<registration_body>(asked);
    if (auto* refused = std::get_if<response>(&parsed)) return std::move(*refused);
    auto& body = std::get<registration_body>(parsed);
    usecases::registration const wanted{std::move(body.email.value), std::move(body.password.value), text_if_set(body.username),
                                        text_if_set(body.display_name), asked.tongue()};
    return asked.reply(asked.cases().register_user(wanted, asked.origin()), [&](done) { return message_answer(asked, notice::registered); });
}

// A link in a mail is followed by scanners too: a browser gets a page whose button POSTs; a program that asks for JSON is answered at once
// (decisions.md #11).
response verify_email(exchange& asked)
{
    auto const token = asked.query("token");
    if (!token) return asked.refuse(problem::invalid_parameter);
    bool const page_wanted = wants_page(asked);
    auto const method = asked.asked().head.method;
    if (page_wanted && (method == verb::get || method == verb::head)) {
        if (!identity::parse_email_token(*token)) return notice_page(asked, 400, text_of(problem::link_invalid, asked.tongue()));
        return page_answer(200, draw(page::verify, asked.tongue(), {{"TOKEN", *token}}));
    }
    auto const said = asked.cases().verify_email(*token, asked.origin());
    if (page_wanted && said) {
        bool const verified = said->granted() != nullptr;
        return notice_page(asked, verified ? 200 : 400,
                           verified ? text_of(notice::email_verified, asked.tongue()) : text_of(problem::link_invalid, asked.tongue()));
    }
    return asked.reply(said, [&](done) { return message_answer(asked, notice::email_verified); });
}

response resend_verification(exchange& asked)
{
    auto parsed = parse_body<email_body>(asked);
    if (auto* refused = std::get_if<response>(&parsed)) return std::move(*refused);
    auto const said = asked.cases().resend_verification(std::get<email_body>(parsed).email.value, asked.tongue(), asked.origin());
    return asked.reply(said, [&](done) { return message_answer(asked, notice::verification_sent); });
}

response log_in(exchange& asked)
{
    auto parsed = parse_body<credentials_body>(asked);
    if (auto* refused = std::get_if<response>(&parsed)) return std::move(*refused);
    auto given = credentials_of(asked, std::get<credentials_body>(parsed));
    if (auto const* broken = std::get_if<violations>(&given)) return asked.refuse(*broken);
    return asked.reply(asked.cases().log_in(std::get<usecases::credentials>(given), asked.origin()),
                       [&](usecases::entrance<usecases::token_pair> const& entered) {
                           if (auto const* next = entered.waits()) return second_step_answer(asked, *next);
                           return asked.seed000_alias() ? seed000_login_answer(asked, *entered.inside()) : token_answer(asked, *entered.inside());
                       });
}

response log_out(exchange& asked)
{
    auto const token = cookie(asked.asked().head.field("cookie"), cookie_name(asked.settings(), cookie_kind::refresh));
    auto made = !token ? asked.refuse(problem::not_authenticated)
                       : asked.reply(asked.cases().log_out(*token, asked.origin()), [&](done) { return no_content(asked); });
    if (made.status < 500) made.fields.emplace_back("Set-Cookie", clear_cookie(asked.settings(), cookie_kind::refresh));
    return made;
}

response forgot_password(exchange& asked)
{
    auto parsed = parse_body<email_body>(asked);
    if (auto* refused = std::get_if<response>(&parsed)) return std::move(*refused);
    auto const said = asked.cases().request_reset(std::get<email_body>(parsed).email.value, asked.tongue(), asked.origin());
    return asked.reply(said, [&](done) { return message_answer(asked, notice::reset_sent); });
}

response check_reset(exchange& asked)
{
    auto const token = asked.query("token");
    if (!token) return asked.refuse(problem::invalid_parameter);
    auto const said = asked.cases().check_reset(*token, asked.origin());
    if (wants_page(asked) && said) {
        if (said->granted() == nullptr) {
            auto const why = said->denied()->why;
            return notice_page(asked, status_of(why), text_of(why, asked.tongue()));
        }
        return page_answer(200, draw(page::reset, asked.tongue(), {{"TOKEN", *token}}));
    }
    return asked.reply(said, [&](done) { return message_answer(asked, notice::link_good); });
}

response reset_password(exchange& asked)
{
    auto parsed = parse_body<password_reset_body>(asked);
    if (auto* refused = std::get_if<response>(&parsed)) return std::move(*refused);
    auto& body = std::get<password_reset_body>(parsed);
    usecases::password_reset const wanted{std::move(body.token.value), std::move(body.new_password.value), asked.tongue()};
    return asked.reply(asked.cases().reset_password(wanted, asked.origin()), [&](done) { return message_answer(asked, notice::password_set); });
}

response change_password(exchange& asked)
{
    auto parsed = parse_body<password_change_body>(asked);
    if (auto* refused = std::get_if<response>(&parsed)) return std::move(*refused);
    auto& body = std::get<password_change_body>(parsed);
    usecases::password_change const wanted{std::move(body.current_password.value), std::move(body.new_password.value), asked.tongue(),
                                           device_of(asked)};
    return asked.reply(asked.cases().change_password(wanted, asked.caller(), asked.origin()),
                       [&](done) { return message_answer(asked, notice::password_set); });
}

response show_me(exchange& asked)
{
    std::string body;
    body.reserve(384);
    json::writer out(body);
    write_user(out, asked.caller().user);
    return json_answer(asked.matched().success, std::move(body));
}

response change_me(exchange& asked)
{
    auto parsed = parse_body<profile_body>(asked);
    if (auto* refused = std::get_if<response>(&parsed)) return std::move(*refused);
    auto const& body = std::get<profile_body>(parsed);
    usecases::profile_patch const wanted{as_patch(body.display_name), as_patch(body.username)};
    return asked.reply(asked.cases().change_profile(wanted, asked.caller(), asked.origin()), [&](identity::user const& changed) {
        std::string answer;
        json::writer out(answer);
        write_user(out, changed);
        return json_answer(asked.matched().success, std::move(answer));
    });
}

}  // namespace mb::http
