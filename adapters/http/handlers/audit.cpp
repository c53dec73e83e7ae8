#include "adapters/http/csv.hpp"
#include "adapters/http/handlers.hpp"
#include "adapters/http/handlers/parse_body.hpp"
#include "adapters/http/page_cursor.hpp"
#include "adapters/http/resources.hpp"
#include "adapters/json/writer.hpp"
#include "core/usecases/operations/list_events.hpp"

#include <variant>

namespace mb::http {
namespace {

constexpr std::size_t events_usual = 20;
constexpr std::size_t events_max = 100;
constexpr std::size_t file_rows_usual = 1'000;
constexpr std::size_t file_rows_max = 10'000;
constexpr std::size_t file_examined_max = 100'000;

/// The filter of a query, and the query as text, which its cursors are bound to.
struct asked_events {
    ports::event_filter filter;
    std::string text;
};

/// Reads one parameter where it is given. @return false where it can't be read.
template <class T, class Read>
bool read_parameter(exchange const& asked, std::string_view name, std::string& text, std::optional<T>& into, Read read)
{
    auto const given = asked.query(name);
    if (!given) return true;
    text += (text.empty() ? "" : "&") + std::string(name) + '=' + std::string(*given);
    into = read(*given);
    return into.has_value();
}

std::variant<asked_events, problem> read_query(exchange const& asked, std::size_t usual, std::size_t most)
{
    asked_events read;
    auto& [filter, text] = read;
    auto const time = [](std::string_view given) { return parse_rfc3339(given); };
    bool const sound =
        read_parameter(asked, "event", text, filter.type, audit::event_named)
        && read_parameter(asked, "severity", text, filter.level, audit::severity_named)
        && read_parameter(asked, "user_id", text, filter.user, identity::user_id::parse)
        && read_parameter(asked, "correlation_id", text, filter.correlation, audit::correlation_id::parse)
        && read_parameter(asked, "ip_hash", text, filter.ip,
                          [](std::string_view given) {
                              return given.empty() || given.size() > 128 ? std::nullopt : std::optional(identity::ip_hash{std::string(given)});
                          })
        && read_parameter(asked, "from", text, filter.from, time) && read_parameter(asked, "to", text, filter.until, time);
    auto const limit = page_limit(asked, usual, most);
    if (!sound || !limit) return problem::invalid_parameter;
    filter.limit = *limit;
    if (auto const cursor = asked.query("cursor")) {
        filter.before = read_place_cursor(asked.cases().digests, "audit " + text, *cursor);
        if (!filter.before) return problem::invalid_cursor;
    }
    return read;
}

std::optional<std::string> cursor_of(exchange const& asked, asked_events const& wanted, ports::event_page const& page)
{
    if (!page.next) return std::nullopt;
    return write_place_cursor(asked.cases().digests, "audit " + wanted.text, *page.next);
}

std::string text_of(std::optional<identity::user_id> const& id) { return id ? id->text() : ""; }

void write_line(csv_writer& out, audit::event const& row)
{
    std::string metadata;
    json::writer members(metadata);
    members.begin_object();
    for (auto const& [name, value] : row.metadata) members.member(name, value);
    members.end_object();
    out.cell(format_rfc3339(row.at)).cell(row.id.text()).cell(audit::entry_of(row.type).name).cell(audit::name_of(row.level));
    out.cell(text_of(row.user)).cell(text_of(row.actor)).cell(row.ip ? row.ip->text : "").cell(row.user_agent).cell(row.correlation.text());
    out.cell(row.endpoint).cell(row.http_method).cell(std::to_string(row.status_code)).cell(std::to_string(row.response_time_ms));
    out.cell(row.country.value_or("")).cell(row.risk_score ? std::to_string(*row.risk_score) : "").cell(metadata);
    out.end_line();
}

std::string as_csv(std::vector<audit::event> const& rows)
{
    std::string text;
    csv_writer out(text);
    for (std::string_view const name :
         {"timestamp", "log_id", "event_type", "severity", "user_id", "actor_id", "ip_hash", "user_agent", "correlation_id", "endpoint",
          "http_method", "status_code", "response_time_ms", "country_code", "risk_score", "metadata"})
        out.cell(name);
    out.end_line();
    for (auto const& row : rows) write_line(out, row);
    return text;
}

std::string as_lines(std::vector<audit::event> const& rows)
{
    std::string text;
    for (auto const& row : rows) {
        json::writer out(text);
        write_event(out, row);
        text += '\n';
    }
    return text;
}

}  // namespace

response list_events(exchange& asked)
{
    auto const read = read_query(asked, events_usual, events_max);
    if (auto const* why = std::get_if<problem>(&read)) return asked.refuse(*why);
    auto const& wanted = std::get<asked_events>(read);
    return asked.reply(asked.cases().list_events(wanted.filter, asked.caller(), asked.origin()), [&](ports::event_page const& page) {
        std::string body;
        write_page(body, page.next.has_value(), cursor_of(asked, wanted, page), [&](json::writer& out) {
            for (auto const& each : page.events) write_event(out, each);
        });
        return json_answer(asked.matched().success, std::move(body));
    });
}

response export_events(exchange& asked)
{
    auto const format = asked.query("format").value_or("ndjson");
    if (format != "csv" && format != "ndjson") return asked.refuse(problem::invalid_parameter);
    auto read = read_query(asked, file_rows_usual, file_rows_max);
    if (auto const* why = std::get_if<problem>(&read)) return asked.refuse(*why);
    auto& wanted = std::get<asked_events>(read);
    wanted.filter.examined_max = file_examined_max;
    auto const said = asked.cases().list_events.to_file(wanted.filter, wanted.text, asked.caller(), asked.origin());
    return asked.reply(said, [&](ports::event_page const& page) {
        response made;
        made.status = asked.matched().success;
        bool const csv = format == "csv";
        made.content_type = csv ? "text/csv; charset=utf-8" : "application/x-ndjson";
        made.body = csv ? as_csv(page.events) : as_lines(page.events);
        made.fields.emplace_back("Content-Disposition", csv ? "attachment; filename=\"audit.csv\"" : "attachment; filename=\"audit.ndjson\"");
        if (auto next = cursor_of(asked, wanted, page)) made.fields.emplace_back("Next-Cursor", *std::move(next));
        return made;
    });
}

}  // namespace mb::http
