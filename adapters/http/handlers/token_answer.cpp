#include "adapters/http/handlers/token_answer.hpp"

#include "adapters/http/cookies.hpp"
#include "adapters/http/handlers/messages.hpp"
#include "adapters/http/resources.hpp"
#include "adapters/json/writer.hpp"

namespace mb::http {
namespace {

response with_cookie(exchange const& asked, usecases::token_pair const& pair, std::string body)
{
    auto made = json_answer(asked.matched().success, std::move(body));
    auto const life = std::chrono::floor<std::chrono::seconds>(pair.refresh_expires_at - asked.cases().clock.now());
    made.fields.emplace_back("Set-Cookie", set_cookie(asked.settings(), cookie_kind::refresh, pair.refresh_token, life));
    if (pair.device) remember_device(asked, *pair.device, made);
    return made;
}

}  // namespace

response token_answer(exchange const& asked, usecases::token_pair const& pair)
{
    std::string body;
    body.reserve(pair.access_token.size() + 512);
    json::writer out(body);
    out.begin_object();
    out.key("access_token").text(pair.access_token);
    out.key("token_type").text("Bearer");
    out.key("expires_in").integer(pair.expires_in.count());
    out.key("user");
    write_user(out, pair.user);
    out.end_object();
    return with_cookie(asked, pair, std::move(body));
}

response seed000_login_answer(exchange const& asked, usecases::token_pair const& pair)
{
    std::string body;
    json::writer out(body);
    out.begin_object();
    out.key("token").text(pair.access_token);
    out.key("user_info");
    write_user(out, pair.user);
    out.end_object();
    return with_cookie(asked, pair, std::move(body));
}

response second_step_answer(exchange const& asked, usecases::second_step const& next)
{
    std::string body;
    json::writer out(body);
    out.begin_object();
    out.key("mfa_required").boolean(true);
    out.key("mfa_session_token").text(next.token.reveal());
    out.key("expires_in").integer(next.expires_in.count());
    out.key("methods").begin_list().text("totp").text("recovery_code").end_list();
    out.end_object();
    return json_answer(asked.matched().success, std::move(body));
}

response session_answer(exchange const& asked, usecases::opened_session const& opened)
{
    std::string body;
    body.reserve(384);
    json::writer out(body);
    write_user(out, opened.user);
    auto made = json_answer(asked.matched().success, std::move(body));
    auto const life = std::chrono::floor<std::chrono::seconds>(opened.session.expires_at - asked.cases().clock.now());
    made.fields.emplace_back("Set-Cookie", set_cookie(asked.settings(), cookie_kind::session, opened.cookie, life));
    remember_device(asked, opened.device, made);
    return made;
}

}  // namespace mb::http
