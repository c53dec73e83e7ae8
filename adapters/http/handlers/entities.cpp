#include "adapters/http/etag.hpp"
#include "adapters/http/handlers.hpp"
#include "adapters/http/handlers/parse_body.hpp"
#include "adapters/http/openapi.hpp"
#include "adapters/http/page_cursor.hpp"
#include "adapters/http/resources.hpp"
#include "adapters/json/writer.hpp"
#include "core/usecases/access/record_denial.hpp"
#include "core/usecases/entities/create_entity.hpp"
#include "core/usecases/entities/create_field.hpp"
#include "core/usecases/entities/delete_entity.hpp"
#include "core/usecases/entities/delete_field.hpp"
#include "core/usecases/entities/get_entity.hpp"
#include "core/usecases/entities/list_entities.hpp"
#include "core/usecases/entities/update_entity.hpp"
#include "core/usecases/entities/update_field.hpp"

namespace mb::http {
namespace {

constexpr std::size_t entities_usual = 20;
constexpr std::size_t entities_max = 100;
constexpr std::string_view entities_query = "entities";

response entity_answer(exchange const& asked, entities::entity_definition const& shown)
{
    std::string body;
    json::writer out(body);
    write_entity(out, shown);
    auto made = json_answer(asked.matched().success, std::move(body));
    made.fields.emplace_back("ETag", etag_of_revision(shown.revision));
    return made;
}

response field_answer(exchange const& asked, usecases::defined_field const& made)
{
    std::string body;
    json::writer out(body);
    write_field(out, made.entity.fields[made.at.at]);
    auto shown = json_answer(asked.matched().success, std::move(body));
    shown.fields.emplace_back("ETag", etag_of_revision(made.entity.revision));
    return shown;
}

/// A precondition that failed tells the revision that would have held (RFC 9110 section 8.8.3), to who may read it.
response tell_revision(exchange& asked, response made)
{
    if (made.status != 412 || !usecases::decide_administering(asked.caller()).allowed) return made;
    auto const said = asked.cases().get_entity({asked.param(0)}, asked.caller(), asked.origin());
    if (said && said->granted() != nullptr) made.fields.emplace_back("ETag", etag_of_revision((*said->granted())->definition.revision));
    return made;
}

}  // namespace

response list_entities(exchange& asked)
{
    auto const limit = page_limit(asked, entities_usual, entities_max);
    if (!limit) return asked.refuse(problem::invalid_parameter);
    usecases::list_entities::command command{std::nullopt, *limit};
    if (auto const cursor = asked.query("cursor")) {
        auto const last = read_page_cursor(asked.cases().digests, entities_query, *cursor);
        if (!last) return asked.refuse(problem::invalid_cursor);
        command.after = entities::entity_id{*last};
    }
    return asked.reply(asked.cases().list_entities(command, asked.caller(), asked.origin()), [&](usecases::entity_list const& page) {
        std::optional<std::string> next;
        if (page.has_more) next = write_page_cursor(asked.cases().digests, entities_query, page.entities.back()->definition.id.bytes);
        std::string body;
        write_page(body, page.has_more, next, [&](json::writer& out) {
            for (auto const& each : page.entities) write_entity(out, each->definition);
        });
        return json_answer(asked.matched().success, std::move(body));
    });
}

response create_entity(exchange& asked)
{
    auto read = read_body(asked);
    if (auto* refused = std::get_if<response>(&read)) return std::move(*refused);
    usecases::create_entity::command const command{std::get<shape::value>(read)};
    return asked.reply(asked.cases().create_entity(command, asked.caller(), asked.origin()),
                       [&](entities::entity_definition const& made) { return entity_answer(asked, made); });
}

response show_entity(exchange& asked)
{
    return asked.reply(asked.cases().get_entity({asked.param(0)}, asked.caller(), asked.origin()),
                       [&](std::shared_ptr<entities::compiled_entity const> const& found) { return entity_answer(asked, found->definition); });
}

response update_entity(exchange& asked)
{
    auto const expected = if_match(asked, etag_kind::revision);
    if (auto const* why = std::get_if<problem>(&expected)) return tell_revision(asked, asked.refuse(*why));
    auto read = read_body(asked);
    if (auto* refused = std::get_if<response>(&read)) return std::move(*refused);
    usecases::update_entity::command const command{asked.param(0), std::get<0>(expected), std::get<shape::value>(read)};
    return tell_revision(asked, asked.reply(asked.cases().update_entity(command, asked.caller(), asked.origin()),
                                            [&](entities::entity_definition const& changed) { return entity_answer(asked, changed); }));
}

response delete_entity(exchange& asked)
{
    auto const expected = if_match(asked, etag_kind::revision);
    if (auto const* why = std::get_if<problem>(&expected)) return tell_revision(asked, asked.refuse(*why));
    usecases::delete_entity::command const command{asked.param(0), std::get<0>(expected), asked.query("confirm")};
    return tell_revision(asked,
                         asked.reply(asked.cases().delete_entity(command, asked.caller(), asked.origin()), [&](done) { return no_content(asked); }));
}

response show_entity_schema(exchange& asked)
{
    auto const found = asked.caller().known->find_entity(asked.param(0));
    if (found == nullptr) return asked.refuse(problem::entity_not_found);
    if (auto const verdict = usecases::decide(asked.caller(), found->definition.id, access::action::list); !verdict.allowed) {
        if (auto const recorded = asked.cases().record_denial(&asked.caller(), {problem::forbidden, "schema", verdict.rule}, asked.origin());
            !recorded)
            return asked.fail(recorded.error());
        return asked.refuse(problem::forbidden);
    }
    return json_answer(asked.matched().success, entity_json_schema(found->definition, found->rule, asked.settings()));
}

response create_field(exchange& asked)
{
    auto const expected = if_match(asked, etag_kind::revision);
    if (auto const* why = std::get_if<problem>(&expected)) return tell_revision(asked, asked.refuse(*why));
    auto read = read_body(asked);
    if (auto* refused = std::get_if<response>(&read)) return std::move(*refused);
    usecases::create_field::command const command{asked.param(0), std::get<0>(expected), std::get<shape::value>(read)};
    return tell_revision(asked, asked.reply(asked.cases().create_field(command, asked.caller(), asked.origin()),
                                            [&](usecases::defined_field const& made) { return field_answer(asked, made); }));
}

response update_field(exchange& asked)
{
    auto const expected = if_match(asked, etag_kind::revision);
    if (auto const* why = std::get_if<problem>(&expected)) return tell_revision(asked, asked.refuse(*why));
    auto read = read_body(asked);
    if (auto* refused = std::get_if<response>(&read)) return std::move(*refused);
    usecases::update_field::command const command{asked.param(0), asked.param(1), std::get<0>(expected), std::get<shape::value>(read)};
    return tell_revision(asked, asked.reply(asked.cases().update_field(command, asked.caller(), asked.origin()),
                                            [&](usecases::defined_field const& changed) { return field_answer(asked, changed); }));
}

response delete_field(exchange& asked)
{
    auto const expected = if_match(asked, etag_kind::revision);
    if (auto const* why = std::get_if<problem>(&expected)) return tell_revision(asked, asked.refuse(*why));
    usecases::delete_field::command const command{asked.param(0), asked.param(1), std::get<0>(expected)};
    return tell_revision(asked, asked.reply(asked.cases().delete_field(command, asked.caller(), asked.origin()),
                                            [&](entities::entity_definition const&) { return no_content(asked); }));
}

}  // namespace mb::http
