#include "adapters/http/handlers.hpp"
#include "adapters/http/handlers/parse_body.hpp"
#include "adapters/http/page_cursor.hpp"
#include "adapters/http/resources.hpp"
#include "adapters/json/writer.hpp"
#include "core/usecases/identity/change_user.hpp"
#include "core/usecases/identity/get_user.hpp"
#include "core/usecases/identity/list_users.hpp"
#include "core/usecases/identity/unlock_user.hpp"
#include "core/usecases/tokens/list_signing_keys.hpp"
#include "core/usecases/tokens/rotate_signing_key.hpp"

namespace mb::http {
namespace {

constexpr std::size_t users_usual = 20;
constexpr std::size_t users_max = 100;

void write_key(json::writer& out, usecases::key_summary const& shown)
{
    auto const moment = [&](std::string_view name, std::optional<instant> at) {
        out.key(name);
        at ? out.text(format_rfc3339(*at)) : out.null();
    };
    out.begin_object();
    out.key("kid").text(shown.kid);
    out.key("state").text(tokens::name_of(shown.state));
    out.key("algorithm").text("HS256");
    out.key("created_at").text(format_rfc3339(shown.created_at));
    moment("activated_at", shown.activated_at);
    moment("retired_at", shown.retired_at);
    moment("expires_at", shown.expires_at);
    out.end_object();
}

response user_answer(exchange const& asked, usecases::account const& shown)
{
    std::string body;
    json::writer out(body);
    write_user(out, shown.user, shown.locked_until);
    return json_answer(asked.matched().success, std::move(body));
}

}  // namespace

response rotate_key(exchange& asked)
{
    return asked.reply(asked.cases().rotate_signing_key(asked.caller(), asked.origin()), [&](usecases::key_summary const& made) {
        std::string body;
        json::writer out(body);
        write_key(out, made);
        return json_answer(asked.matched().success, std::move(body));
    });
}

response list_keys(exchange& asked)
{
    return asked.reply(asked.cases().list_signing_keys(asked.caller(), asked.origin()), [&](std::vector<usecases::key_summary> const& keys) {
        std::string body;
        write_page(body, false, std::nullopt, [&](json::writer& out) {
            for (auto const& key : keys) write_key(out, key);
        });
        return json_answer(asked.matched().success, std::move(body));
    });
}

response list_users(exchange& asked)
{
    auto const limit = page_limit(asked, users_usual, users_max);
    if (!limit) return asked.refuse(problem::invalid_parameter);
    ports::user_filter filter;
    filter.limit = *limit;
    std::string query = "users";
    auto const bound = [&](std::string_view name) {
        auto const given = asked.query(name);
        query += '\n';
        if (given) query += *given;
        return given;
    };
    if (auto const role = bound("role")) filter.role = std::string(*role);
    if (auto const status = bound("status")) {
        filter.status = identity::status_named(*status);
        if (!filter.status) return asked.refuse(problem::invalid_parameter);
    }
    if (auto const verified = bound("verified")) {
        if (*verified != "true" && *verified != "false") return asked.refuse(problem::invalid_parameter);
        filter.verified = *verified == "true";
    }
    if (auto const text = bound("q")) {
        if (text->empty() || text->size() > 200) return asked.refuse(problem::invalid_parameter);
        filter.text = std::string(*text);
    }
    if (auto const cursor = asked.query("cursor")) {
        auto const last = read_page_cursor(asked.cases().digests, query, *cursor);
        if (!last) return asked.refuse(problem::invalid_cursor);
        filter.after = identity::user_id{*last};
    }
    return asked.reply(asked.cases().list_users(filter, asked.caller(), asked.origin()), [&](usecases::account_page const& page) {
        std::optional<std::string> next;
        if (page.has_more) next = write_page_cursor(asked.cases().digests, query, page.accounts.back().user.id.bytes);
        std::string body;
        write_page(body, page.has_more, next, [&](json::writer& out) {
            for (auto const& each : page.accounts) write_user(out, each.user, each.locked_until);
        });
        return json_answer(asked.matched().success, std::move(body));
    });
}

response show_user(exchange& asked)
{
    auto const id = identity::user_id::parse(asked.param(0));
    if (!id) return asked.refuse(problem::user_not_found);
    return asked.reply(asked.cases().get_user(*id, asked.caller(), asked.origin()),
                       [&](usecases::account const& found) { return user_answer(asked, found); });
}

response change_user(exchange& asked)
{
    auto const id = identity::user_id::parse(asked.param(0));
    if (!id) return asked.refuse(problem::user_not_found);
    auto parsed = parse_body<user_change_body>(asked);
    if (auto* refused = std::get_if<response>(&parsed)) return std::move(*refused);
    auto const& body = std::get<user_change_body>(parsed);
    usecases::user_change wanted;
    if (body.roles) {
        wanted.roles.emplace();
        for (auto const& role : *body.roles) wanted.roles->push_back(role.value);
    }
    if (body.status) {
        wanted.status = identity::status_named(body.status->value);
        if (!wanted.status) return asked.refuse(violations{{"/status", violation_code::not_an_option, {}}});
    }
    return asked.reply(asked.cases().change_user(*id, wanted, asked.caller(), asked.origin()),
                       [&](usecases::account const& changed) { return user_answer(asked, changed); });
}

response unlock_user(exchange& asked)
{
    auto const id = identity::user_id::parse(asked.param(0));
    if (!id) return asked.refuse(problem::user_not_found);
    return asked.reply(asked.cases().unlock_user(*id, asked.caller(), asked.origin()), [&](usecases::account const&) {
        std::string body;
        json::writer out(body);
        out.begin_object();
        out.key("message").text(text_of(notice::unlocked, asked.tongue()));
        out.end_object();
        return json_answer(asked.matched().success, std::move(body));
    });
}

}  // namespace mb::http
