#include "adapters/http/etag.hpp"
#include "adapters/http/handlers.hpp"
#include "adapters/http/handlers/parse_body.hpp"
#include "adapters/http/resources.hpp"
#include "adapters/json/writer.hpp"
#include "core/usecases/access/change_role.hpp"
#include "core/usecases/access/create_role.hpp"
#include "core/usecases/access/delete_role.hpp"
#include "core/usecases/access/get_role.hpp"
#include "core/usecases/access/list_roles.hpp"

namespace mb::http {
namespace {

response role_answer(exchange const& asked, access::role const& shown)
{
    std::string body;
    json::writer out(body);
    write_role(out, shown);
    auto made = json_answer(asked.matched().success, std::move(body));
    made.fields.emplace_back("ETag", etag_of_version(shown.version));
    return made;
}

/// A precondition that failed tells the version that would have held (RFC 9110 section 8.8.3).
response tell_role_version(exchange& asked, response made)
{
    if (made.status != 412) return made;
    auto const said = asked.cases().get_role(asked.param(0), asked.caller(), asked.origin());
    if (said && said->granted() != nullptr) made.fields.emplace_back("ETag", etag_of_version(said->granted()->version));
    return made;
}

/// What both bodies have, apart from the name.
template <class Body>
usecases::role_input input_of(std::string name, Body& body)
{
    usecases::role_input wanted;
    wanted.name = std::move(name);
    if (body.description) wanted.description = std::move(body.description->value);
    for (auto& each : body.permissions.items) wanted.permissions.push_back(std::move(each.value));
    wanted.administers = body.administers && body.administers->value;
    return wanted;
}

}  // namespace

response list_roles(exchange& asked)
{
    return asked.reply(asked.cases().list_roles(asked.caller(), asked.origin()), [&](std::vector<access::role> const& roles) {
        std::string body;
        write_page(body, false, std::nullopt, [&](json::writer& out) {
            for (auto const& each : roles) write_role(out, each);
        });
        return json_answer(asked.matched().success, std::move(body));
    });
}

response show_role(exchange& asked)
{
    return asked.reply(asked.cases().get_role(asked.param(0), asked.caller(), asked.origin()),
                       [&](access::role const& found) { return role_answer(asked, found); });
}

response create_role(exchange& asked)
{
    auto parsed = parse_body<role_body>(asked);
    if (auto* refused = std::get_if<response>(&parsed)) return std::move(*refused);
    auto& body = std::get<role_body>(parsed);
    auto const wanted = input_of(std::move(body.name.value), body);
    return asked.reply(asked.cases().create_role(wanted, asked.caller(), asked.origin()),
                       [&](access::role const& made) { return role_answer(asked, made); });
}

response change_role(exchange& asked)
{
    auto const expected = if_match(asked, etag_kind::version);
    if (auto const* why = std::get_if<problem>(&expected)) return tell_role_version(asked, asked.refuse(*why));
    auto parsed = parse_body<role_change_body>(asked);
    if (auto* refused = std::get_if<response>(&parsed)) return std::move(*refused);
    auto const wanted = input_of(std::string(asked.param(0)), std::get<role_change_body>(parsed));
    return tell_role_version(asked, asked.reply(asked.cases().change_role(wanted, std::get<0>(expected), asked.caller(), asked.origin()),
                                                [&](access::role const& changed) { return role_answer(asked, changed); }));
}

response delete_role(exchange& asked)
{
    auto const expected = if_match(asked, etag_kind::version);
    if (auto const* why = std::get_if<problem>(&expected)) return tell_role_version(asked, asked.refuse(*why));
    auto const said = asked.cases().delete_role(asked.param(0), std::get<0>(expected), asked.query("confirm"), asked.caller(), asked.origin());
    return tell_role_version(asked, asked.reply(said, [&](done) { return no_content(asked); }));
}

}  // namespace mb::http
