#include "adapters/http/handlers.hpp"
#include "adapters/http/handlers/parse_body.hpp"
#include "adapters/http/page_cursor.hpp"
#include "adapters/http/resources.hpp"
#include "adapters/json/writer.hpp"
#include "core/usecases/operations/list_anomalies.hpp"
#include "core/usecases/operations/review_anomaly.hpp"

#include <utility>

namespace mb::http {
namespace {

constexpr std::size_t anomalies_usual = 20;
constexpr std::size_t anomalies_max = 100;

}  // namespace

response list_anomalies(exchange& asked)
{
    ports::anomaly_filter filter;
    std::string query = "anomalies";
    for (std::string_view const name : {"type", "reviewed", "from", "to"}) query += '\n' + std::string(asked.query(name).value_or(""));
    auto const limit = page_limit(asked, anomalies_usual, anomalies_max);
    if (!limit || !read_time(asked, "from", filter.from) || !read_time(asked, "to", filter.until)) return asked.refuse(problem::invalid_parameter);
    filter.limit = *limit;
    if (auto const type = asked.query("type")) {
        filter.what = anomaly::kind_named(*type);
        if (!filter.what) return asked.refuse(problem::invalid_parameter);
    }
    if (auto const reviewed = asked.query("reviewed")) {
        if (*reviewed != "true" && *reviewed != "false") return asked.refuse(problem::invalid_parameter);
        filter.reviewed = *reviewed == "true";
    }
    if (auto const cursor = asked.query("cursor")) {
        filter.before = read_place_cursor(asked.cases().digests, query, *cursor);
        if (!filter.before) return asked.refuse(problem::invalid_cursor);
    }
    return asked.reply(asked.cases().list_anomalies(filter, asked.caller(), asked.origin()), [&](ports::anomaly_page const& page) {
        std::optional<std::string> next;
        if (page.next) next = write_place_cursor(asked.cases().digests, query, *page.next);
        std::string body;
        write_page(body, page.next.has_value(), next, [&](json::writer& out) {
            for (auto const& each : page.findings) write_anomaly(out, each);
        });
        return json_answer(asked.matched().success, std::move(body));
    });
}

response review_anomaly(exchange& asked)
{
    auto const id = audit::log_id::parse(asked.param(0));
    if (!id) return asked.refuse(problem::anomaly_not_found);
    auto parsed = parse_body<review_body>(asked);
    if (auto* refused = std::get_if<response>(&parsed)) return std::move(*refused);
    auto const as = std::get<review_body>(parsed).reviewed.value ? usecases::review::done : usecases::review::open;
    return asked.reply(asked.cases().review_anomaly(*id, as, asked.caller(), asked.origin()), [&](anomaly::finding const& changed) {
        std::string body;
        json::writer out(body);
        write_anomaly(out, changed);
        return json_answer(asked.matched().success, std::move(body));
    });
}

}  // namespace mb::http
