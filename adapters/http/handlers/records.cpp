#include "adapters/http/etag.hpp"
#include "adapters/http/handlers.hpp"
#include "adapters/http/handlers/parse_body.hpp"
#include "adapters/http/resources.hpp"
#include "adapters/json/writer.hpp"
#include "core/usecases/entities/create_record.hpp"
#include "core/usecases/entities/delete_record.hpp"
#include "core/usecases/entities/get_record.hpp"
#include "core/usecases/entities/list_records.hpp"
#include "core/usecases/entities/patch_record.hpp"
#include "core/usecases/entities/replace_record.hpp"

namespace mb::http {
namespace {

constexpr std::size_t record_bytes_guess = 256;

response record_answer(exchange const& asked, usecases::stored_record const& stored)
{
    std::string body;
    body.reserve(record_bytes_guess + 32 * stored.content.cells.size());
    json::writer out(body);
    write_record(out, stored.entity->definition, stored.content);
    auto made = json_answer(asked.matched().success, std::move(body));
    made.fields.emplace_back("ETag", etag_of_version(stored.content.version));
    return made;
}

/// A precondition that failed tells the version that would have held (RFC 9110 section 8.8.3), to who may read it.
response tell_record_version(exchange& asked, response made)
{
    if (made.status != 412) return made;
    auto const entity = asked.caller().known->find_entity(asked.param(0));
    if (entity == nullptr || !usecases::decide(asked.caller(), entity->definition.id, access::action::get).allowed) return made;
    auto const said = asked.cases().get_record({asked.param(0), asked.param(1)}, asked.caller(), asked.origin());
    if (said && said->granted() != nullptr) made.fields.emplace_back("ETag", etag_of_version(said->granted()->content.version));
    return made;
}

}  // namespace

response list_records(exchange& asked)
{
    usecases::list_records::command const command{asked.param(0), asked.query()};
    return asked.reply(asked.cases().list_records(command, asked.caller(), asked.origin()), [&](usecases::record_list const& page) {
        std::string body;
        body.reserve(record_bytes_guess * (page.records.size() + 1));
        json::writer out(body);
        out.begin_object().key("data").begin_list();
        for (auto const& each : page.records) write_record(out, page.entity->definition, each, page.shown);
        out.end_list().member("hasMore", page.next_cursor.has_value()).key("nextCursor");
        page.next_cursor ? out.text(*page.next_cursor) : out.null();
        if (page.count) out.member("count", page.count->number).member("count_kind", page.count->capped ? "capped" : "exact");
        out.end_object();
        return json_answer(asked.matched().success, std::move(body));
    });
}

response create_record(exchange& asked)
{
    auto read = read_body(asked);
    if (auto* refused = std::get_if<response>(&read)) return std::move(*refused);
    usecases::create_record::command const command{asked.param(0), std::get<shape::value>(read)};
    return asked.reply(asked.cases().create_record(command, asked.caller(), asked.origin()), [&](usecases::stored_record const& stored) {
        auto made = record_answer(asked, stored);
        made.fields.emplace_back("Location", "/api/v1/entities/" + stored.entity->definition.name.text() + "/records/" + stored.content.id.text());
        return made;
    });
}

response show_record(exchange& asked)
{
    auto known = asked.take_record();
    return asked.reply(known ? outcome<answer<usecases::stored_record>>{*std::move(known)}
                             : asked.cases().get_record({asked.param(0), asked.param(1)}, asked.caller(), asked.origin()),
                       [&](usecases::stored_record const& stored) {
                           if (auto const etag = etag_of_version(stored.content.version); if_none_match(asked, etag)) {
                               response unchanged;
                               unchanged.status = 304;
                               unchanged.content_type = "";
                               unchanged.fields.emplace_back("ETag", etag);
                               return unchanged;
                           }
                           return record_answer(asked, stored);
                       });
}

response replace_record(exchange& asked)
{
    auto const expected = if_match(asked, etag_kind::version);
    if (auto const* why = std::get_if<problem>(&expected)) return tell_record_version(asked, asked.refuse(*why));
    auto read = read_body(asked);
    if (auto* refused = std::get_if<response>(&read)) return std::move(*refused);
    usecases::replace_record::command const command{asked.param(0), asked.param(1), std::get<0>(expected), std::get<shape::value>(read)};
    return tell_record_version(asked, asked.reply(asked.cases().replace_record(command, asked.caller(), asked.origin()),
                                                  [&](usecases::stored_record const& stored) { return record_answer(asked, stored); }));
}

response patch_record(exchange& asked)
{
    auto const expected = if_match(asked, etag_kind::version);
    if (auto const* why = std::get_if<problem>(&expected)) return tell_record_version(asked, asked.refuse(*why));
    auto read = read_body(asked);
    if (auto* refused = std::get_if<response>(&read)) return std::move(*refused);
    usecases::patch_record::command const command{asked.param(0), asked.param(1), std::get<0>(expected), std::get<shape::value>(read)};
    return tell_record_version(asked, asked.reply(asked.cases().patch_record(command, asked.caller(), asked.origin()),
                                                  [&](usecases::stored_record const& stored) { return record_answer(asked, stored); }));
}

response delete_record(exchange& asked)
{
    auto const expected = if_match(asked, etag_kind::version);
    if (auto const* why = std::get_if<problem>(&expected)) return tell_record_version(asked, asked.refuse(*why));
    usecases::delete_record::command const command{asked.param(0), asked.param(1), std::get<0>(expected)};
    return tell_record_version(
        asked, asked.reply(asked.cases().delete_record(command, asked.caller(), asked.origin()), [&](done) { return no_content(asked); }));
}

}  // namespace mb::http
