#include "adapters/http/handlers.hpp"
#include "adapters/http/handlers/parse_body.hpp"
#include "adapters/http/page_cursor.hpp"
#include "adapters/http/resources.hpp"
#include "adapters/json/writer.hpp"
#include "core/usecases/tokens/list_api_keys.hpp"
#include "core/usecases/tokens/make_api_key.hpp"
#include "core/usecases/tokens/revoke_api_key.hpp"

namespace mb::http {
namespace {

constexpr std::size_t keys_usual = 20;
constexpr std::size_t keys_max = 100;

response key_answer(exchange const& asked, tokens::api_key const& shown, secret const* text)
{
    std::string body;
    body.reserve(512);
    json::writer out(body);
    write_api_key(out, shown, text);
    return json_answer(asked.matched().success, std::move(body));
}

}  // namespace

response make_api_key(exchange& asked)
{
    auto parsed = parse_body<api_key_body>(asked);
    if (auto* refused = std::get_if<response>(&parsed)) return std::move(*refused);
    auto& body = std::get<api_key_body>(parsed);
    usecases::new_api_key wanted{std::move(body.name.value), {}, {}};
    for (auto& scope : body.scopes) wanted.scopes.push_back(std::move(scope.value));
    if (body.expires_at) wanted.expires_at = std::move(body.expires_at->value);
    return asked.reply(asked.cases().make_api_key(wanted, asked.caller(), asked.origin()),
                       [&](usecases::made_api_key const& made) { return key_answer(asked, made.key, &made.text); });
}

response list_api_keys(exchange& asked)
{
    auto const limit = page_limit(asked, keys_usual, keys_max);
    if (!limit) return asked.refuse(problem::invalid_parameter);
    auto const query = "keys " + asked.caller().user.id.text();
    std::optional<tokens::api_key_id> before;
    if (auto const cursor = asked.query("cursor")) {
        auto const last = read_page_cursor(asked.cases().digests, query, *cursor);
        if (!last) return asked.refuse(problem::invalid_cursor);
        before = tokens::api_key_id{*last};
    }
    return asked.reply(asked.cases().list_api_keys(asked.caller(), before, *limit), [&](usecases::api_key_page const& page) {
        std::optional<std::string> next;
        if (page.has_more) next = write_page_cursor(asked.cases().digests, query, page.keys.back().id.bytes);
        std::string body;
        write_page(body, page.has_more, next, [&](json::writer& out) {
            for (auto const& key : page.keys) write_api_key(out, key, nullptr);
        });
        return json_answer(asked.matched().success, std::move(body));
    });
}

response revoke_api_key(exchange& asked)
{
    auto const id = tokens::api_key_id::parse(asked.param(0));
    if (!id) return asked.refuse(problem::api_key_not_found);
    return asked.reply(asked.cases().revoke_api_key(*id, asked.caller(), asked.origin()),
                       [&](tokens::api_key const& ended) { return key_answer(asked, ended, nullptr); });
}

}  // namespace mb::http
