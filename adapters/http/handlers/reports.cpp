#include "adapters/http/handlers.hpp"
#include "adapters/http/handlers/parse_body.hpp"
#include "adapters/http/page_cursor.hpp"
#include "adapters/http/resources.hpp"
#include "adapters/json/writer.hpp"
#include "core/usecases/operations/list_attempts.hpp"
#include "core/usecases/operations/run_report.hpp"

#include <charconv>

namespace mb::http {
namespace {

constexpr std::size_t attempts_usual = 20;
constexpr std::size_t attempts_max = 100;

void write_cell(json::writer& out, usecases::report_cell const& cell)
{
    if (auto const* text = std::get_if<std::string>(&cell))
        out.text(*text);
    else if (auto const* count = std::get_if<std::int64_t>(&cell))
        out.integer(*count);
    else if (auto const* number = std::get_if<double>(&cell))
        out.number(*number);
    else
        out.null();
}

void write_report(json::writer& out, usecases::finished_report const& made)
{
    out.begin_object().member("report", made.what->name).member("question", made.what->question);
    out.member("from", format_rfc3339(made.from)).member("to", format_rfc3339(made.until)).member("complete", made.complete);
    out.key("data").begin_list();
    for (auto const& row : made.table.rows) {
        out.begin_object();
        for (std::size_t i = 0; i < row.size(); ++i) {
            out.key(made.table.columns[i]);
            write_cell(out, row[i]);
        }
        out.end_object();
    }
    out.end_list().end_object();
}

}  // namespace

response list_attempts(exchange& asked)
{
    auto const limit = page_limit(asked, attempts_usual, attempts_max);
    ports::attempt_filter filter;
    std::string query = "attempts";
    for (std::string_view const name : {"user_id", "ip_hash", "successful", "from", "to"})
        query += '\n' + std::string(asked.query(name).value_or(""));
    if (!limit || !read_time(asked, "from", filter.from) || !read_time(asked, "to", filter.until)) return asked.refuse(problem::invalid_parameter);
    filter.limit = *limit;
    if (auto const user = asked.query("user_id")) {
        filter.user = identity::user_id::parse(*user);
        if (!filter.user) return asked.refuse(problem::invalid_parameter);
    }
    if (auto const ip = asked.query("ip_hash")) {
        if (ip->empty() || ip->size() > 128) return asked.refuse(problem::invalid_parameter);
        filter.ip = identity::ip_hash{std::string(*ip)};
    }
    if (auto const successful = asked.query("successful")) {
        if (*successful != "true" && *successful != "false") return asked.refuse(problem::invalid_parameter);
        filter.successful = *successful == "true";
    }
    if (auto const cursor = asked.query("cursor")) {
        filter.before = read_place_cursor(asked.cases().digests, query, *cursor);
        if (!filter.before) return asked.refuse(problem::invalid_cursor);
    }
    return asked.reply(asked.cases().list_attempts(filter, asked.caller(), asked.origin()), [&](ports::attempt_page const& page) {
        std::optional<std::string> next;
        if (page.next) next = write_place_cursor(asked.cases().digests, query, *page.next);
        std::string body;
        write_page(body, page.next.has_value(), next, [&](json::writer& out) {
            for (auto const& each : page.attempts) write_attempt(out, each);
        });
        return json_answer(asked.matched().success, std::move(body));
    });
}

response list_reports(exchange& asked)
{
    std::string body;
    write_page(body, false, std::nullopt, [&](json::writer& out) {
        for (auto const& each : usecases::reports()) out.begin_object().member("name", each.name).member("question", each.question).end_object();
    });
    return json_answer(asked.matched().success, std::move(body));
}

response show_report(exchange& asked)
{
    auto const* what = usecases::report_named(asked.param(0));
    if (what == nullptr) return asked.refuse(problem::not_found);
    usecases::report_wanted wanted;
    if (!read_time(asked, "from", wanted.from) || !read_time(asked, "to", wanted.until)) return asked.refuse(problem::invalid_parameter);
    if (auto const target = asked.query("target_ms")) {
        std::int64_t read = 0;
        auto const [end, failure] = std::from_chars(target->data(), target->data() + target->size(), read);
        if (failure != std::errc{} || end != target->data() + target->size() || read < 1 || read > 60'000)
            return asked.refuse(problem::invalid_parameter);
        wanted.target_ms = read;
    }
    return asked.reply(asked.cases().run_report(*what, wanted, asked.caller(), asked.origin()), [&](usecases::finished_report const& made) {
        std::string body;
        json::writer out(body);
        write_report(out, made);
        return json_answer(asked.matched().success, std::move(body));
    });
}

}  // namespace mb::http
