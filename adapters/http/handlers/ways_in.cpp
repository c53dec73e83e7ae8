#include "adapters/http/cookies.hpp"
#include "adapters/http/credential.hpp"
#include "adapters/http/handlers.hpp"
#include "adapters/http/handlers/messages.hpp"
#include "adapters/http/handlers/parse_body.hpp"
#include "adapters/http/handlers/token_answer.hpp"
#include "adapters/http/pages.hpp"
#include "adapters/http/problem_status.hpp"
#include "adapters/http/resources.hpp"
#include "adapters/json/writer.hpp"
#include "core/usecases/identity/log_in_by_link.hpp"
#include "core/usecases/identity/prove_password.hpp"
#include "core/usecases/identity/send_magic_link.hpp"
#include "core/usecases/tokens/check_session.hpp"
#include "core/usecases/tokens/close_session.hpp"
#include "core/usecases/tokens/open_session.hpp"

namespace mb::http {
namespace {

response user_answer(exchange const& asked, identity::user const& shown)
{
    std::string body;
    body.reserve(384);
    json::writer out(body);
    write_user(out, shown);
    return json_answer(asked.matched().success, std::move(body));
}

}  // namespace

response show_basic(exchange& asked)
{
    auto shown = read_basic(asked.asked().head);
    if (!shown) return asked.refuse(problem::not_authenticated);
    usecases::credentials const given{std::move(shown->user), std::move(shown->password), device_of(asked)};
    return asked.reply(asked.cases().prove_password(given, asked.origin()), [&](identity::user const& owner) { return user_answer(asked, owner); });
}

response open_session(exchange& asked)
{
    auto parsed = parse_body<credentials_body>(asked);
    if (auto* refused = std::get_if<response>(&parsed)) return std::move(*refused);
    auto given = credentials_of(asked, std::get<credentials_body>(parsed));
    if (auto const* broken = std::get_if<violations>(&given)) return asked.refuse(*broken);
    return asked.reply(asked.cases().open_session(std::get<usecases::credentials>(given), asked.origin()),
                       [&](usecases::entrance<usecases::opened_session> const& entered) {
                           auto const* next = entered.waits();
                           return next != nullptr ? second_step_answer(asked, *next) : session_answer(asked, *entered.inside());
                       });
}

response show_session(exchange& asked)
{
    auto const text = cookie(asked.asked().head.field("cookie"), cookie_name(asked.settings(), cookie_kind::session));
    if (!text) return asked.refuse(problem::not_authenticated);
    auto const said = asked.cases().check_session(*text, asked.origin());
    auto made = asked.reply(said, [&](ports::live_session const& live) { return user_answer(asked, live.owner); });
    if (made.status == 401) made.fields.emplace_back("Set-Cookie", clear_cookie(asked.settings(), cookie_kind::session));
    return made;
}

response close_session(exchange& asked)
{
    auto const text = cookie(asked.asked().head.field("cookie"), cookie_name(asked.settings(), cookie_kind::session));
    auto made = !text ? asked.refuse(problem::not_authenticated)
                      : asked.reply(asked.cases().close_session(*text, asked.origin()), [&](done) { return no_content(asked); });
    if (made.status < 500) made.fields.emplace_back("Set-Cookie", clear_cookie(asked.settings(), cookie_kind::session));
    return made;
}

response send_magic_link(exchange& asked)
{
    auto parsed = parse_body<email_body>(asked);
    if (auto* refused = std::get_if<response>(&parsed)) return std::move(*refused);
    auto const said = asked.cases().send_magic_link(std::get<email_body>(parsed).email.value, asked.tongue(), asked.origin());
    return asked.reply(said, [&](done) { return message_answer(asked, notice::reset_sent); });
}

// A program that asks for JSON spends the link at once; whoever else follows it, a browser or a scanner of mails, gets a page whose button
// POSTs (decisions.md #11).
response log_in_by_link(exchange& asked)
{
    auto const token = asked.query("token");
    if (!token) return asked.refuse(problem::invalid_parameter);
    auto const method = asked.asked().head.method;
    bool const safe = method == verb::get || method == verb::head;
    if (safe && (method == verb::head || !wants_json(asked))) {
        if (!identity::parse_email_token(*token)) return notice_page(asked, 400, text_of(problem::link_invalid, asked.tongue()));
        return page_answer(200, draw(page::magic, asked.tongue(), {{"TOKEN", *token}}));
    }
    auto const said = asked.cases().log_in_by_link(*token, device_of(asked), asked.origin());
    if (!wants_page(asked) || !said)
        return asked.reply(said, [&](usecases::entrance<usecases::token_pair> const& entered) {
            auto const* next = entered.waits();
            return next != nullptr ? second_step_answer(asked, *next) : token_answer(asked, *entered.inside());
        });
    auto const* entered = said->granted();
    if (entered == nullptr) {
        auto const why = said->denied()->why;
        return notice_page(asked, status_of(why), text_of(why, asked.tongue()));
    }
    if (auto const* next = entered->waits()) return page_answer(200, draw(page::second_step, asked.tongue(), {{"TOKEN", next->token.reveal()}}));
    auto const* pair = entered->inside();
    auto made = notice_page(asked, 200, text_of(notice::logged_in, asked.tongue()));
    auto const life = std::chrono::floor<std::chrono::seconds>(pair->refresh_expires_at - asked.cases().clock.now());
    made.fields.emplace_back("Set-Cookie", set_cookie(asked.settings(), cookie_kind::refresh, pair->refresh_token, life));
    if (pair->device) remember_device(asked, *pair->device, made);
    return made;
}

}  // namespace mb::http
