#include "adapters/http/cookies.hpp"
#include "adapters/http/handlers.hpp"
#include "adapters/http/handlers/parse_body.hpp"
#include "adapters/http/handlers/token_answer.hpp"
#include "adapters/http/page_cursor.hpp"
#include "adapters/http/resources.hpp"
#include "adapters/json/writer.hpp"
#include "core/usecases/tokens/list_sessions.hpp"
#include "core/usecases/tokens/log_out_everywhere.hpp"
#include "core/usecases/tokens/refresh_session.hpp"
#include "core/usecases/tokens/revoke_session.hpp"

namespace mb::http {
namespace {

constexpr std::size_t sessions_usual = 20;
constexpr std::size_t sessions_max = 100;

}  // namespace

response refresh(exchange& asked)
{
    auto const token = cookie(asked.asked().head.field("cookie"), cookie_name(asked.settings(), cookie_kind::refresh));
    if (!token) return asked.refuse(problem::not_authenticated);
    auto const said = asked.cases().refresh_session(*token, asked.asked().head.begun, asked.origin());
    auto made = asked.reply(said, [&](usecases::token_pair const& pair) { return token_answer(asked, pair); });
    // the loser of a race keeps the cookie: the winner's answer has set the new one
    bool const lost_race = said && said->denied() != nullptr && said->denied()->why == problem::concurrent_refresh;
    if (made.status == 401 && !lost_race) made.fields.emplace_back("Set-Cookie", clear_cookie(asked.settings(), cookie_kind::refresh));
    return made;
}

response list_sessions(exchange& asked)
{
    auto const limit = page_limit(asked, sessions_usual, sessions_max);
    if (!limit) return asked.refuse(problem::invalid_parameter);
    auto const query = "sessions " + asked.caller().user.id.text();
    std::optional<tokens::family_id> before;
    if (auto const cursor = asked.query("cursor")) {
        auto const last = read_page_cursor(asked.cases().digests, query, *cursor);
        if (!last) return asked.refuse(problem::invalid_cursor);
        before = tokens::family_id{*last};
    }
    return asked.reply(asked.cases().list_sessions(asked.caller(), before, *limit), [&](usecases::session_page const& page) {
        std::optional<std::string> next;
        if (page.has_more) next = write_page_cursor(asked.cases().digests, query, page.families.back().id.bytes);
        std::string body;
        write_page(body, page.has_more, next, [&](json::writer& out) {
            for (auto const& family : page.families) write_session(out, family, family.id == asked.caller().session);
        });
        return json_answer(asked.matched().success, std::move(body));
    });
}

response revoke_session(exchange& asked)
{
    auto const family = tokens::family_id::parse(asked.param(0));
    if (!family) return asked.refuse(problem::session_not_found);
    return asked.reply(asked.cases().revoke_session(asked.caller(), *family, asked.origin()), [&](done) { return no_content(asked); });
}

response log_out_everywhere(exchange& asked)
{
    auto made = asked.reply(asked.cases().log_out_everywhere(asked.caller(), asked.origin()), [&](usecases::sessions_ended const& ended) {
        std::string body;
        json::writer out(body);
        out.begin_object();
        out.key("revoked").integer(static_cast<std::int64_t>(ended.count));
        out.end_object();
        return json_answer(asked.matched().success, std::move(body));
    });
    if (made.status < 300) made.fields.emplace_back("Set-Cookie", clear_cookie(asked.settings(), cookie_kind::refresh));
    return made;
}

}  // namespace mb::http
