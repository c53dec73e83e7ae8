#include "adapters/json/texts.hpp"
#include "adapters/sql/audit_repositories.hpp"
#include "adapters/sql/log_pages.hpp"
#include "adapters/sql/rows.hpp"

#include <charconv>

namespace mb::sql {
namespace {

constexpr char const* anomalies_table = "sql.anomalies";

struct anomaly_names {
    static constexpr char const* table = "anomalies";
    static constexpr char const* time = "created_at";
    static constexpr char const* id = "id";
    static std::string_view columns() noexcept { return anomaly_columns(); }
    static anomaly::finding read(sql::columns& from) { return read_anomaly(from); }
};

std::optional<std::int64_t> number_in(json::text_pairs const& members, std::string_view name)
{
    for (auto const& [key, value] : members) {
        if (key != name) continue;
        std::int64_t number = 0;
        auto const [end, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (failure != std::errc{} || end != value.data() + value.size()) return std::nullopt;
        return number;
    }
    return std::nullopt;
}

std::optional<anomaly::figures> read_figures(std::string_view text)
{
    auto const members = json::read_text_pairs(text);
    if (!members) return std::nullopt;
    auto const counted = number_in(*members, "counted");
    auto const most = number_in(*members, "threshold");
    auto const window = number_in(*members, "window_seconds");
    if (!counted || !most || !window) return std::nullopt;
    return anomaly::figures{*counted, *most, std::chrono::seconds{*window}};
}

std::string write_figures(anomaly::figures const& numbers)
{
    return json::write_text_pairs({{"counted", std::to_string(numbers.counted)},
                                   {"threshold", std::to_string(numbers.most)},
                                   {"window_seconds", std::to_string(numbers.window.count())}});
}

}  // namespace

anomaly::finding read_anomaly(columns& from)
{
    anomaly::finding read;
    read.id = from.identity<audit::log_id>();
    read.what = from.named(anomaly::kind_named);
    read.level = from.named(audit::severity_named);
    read.subject = from.string();
    read.user = from.maybe_identity<identity::user_id>();
    read.from = from.at();
    read.until = from.at();
    read.numbers = from.named(read_figures);
    read.at = from.at();
    read.reviewed_at = from.maybe_at();
    read.reviewed_by = from.maybe_identity<identity::user_id>();
    return read;
}

outcome<std::optional<anomaly::finding>> anomalies::find(audit::log_id id)
{
    return first<anomaly::finding>(on_, statement::anomaly_by_id, {id}, anomalies_table, read_anomaly);
}

outcome<std::optional<anomaly::finding>> anomalies::find_open(anomaly::kind what, std::string_view subject, instant at)
{
    return first<anomaly::finding>(on_, statement::open_anomaly, {anomaly::name_of(what), subject, at}, anomalies_table, read_anomaly);
}

outcome<void> anomalies::save(anomaly::finding const& saved)
{
    auto const numbers = write_figures(saved.numbers);
    return ran(on_.run(statement::save_anomaly, {saved.id, anomaly::name_of(saved.what), audit::name_of(saved.level), saved.subject, saved.user,
                                                 saved.from, saved.until, numbers, saved.at, saved.reviewed_at, saved.reviewed_by}));
}

outcome<ports::anomaly_page> anomalies::page(ports::anomaly_filter const& filter)
{
    ports::anomaly_page found;
    MB_TRY(found.next, read_page<anomaly_names>(on_, filter, found.findings, [&](query_text& query) {
               if (filter.what) query.condition().words("type = ").bind(anomaly::name_of(*filter.what));
               if (filter.reviewed) query.condition().words(*filter.reviewed ? "reviewed_at IS NOT NULL" : "reviewed_at IS NULL");
           }));
    return found;
}

outcome<std::size_t> anomalies::anonymise(instant before, std::size_t batch)
{
    MB_TRY(auto const people, touched(on_.run(statement::anonymise_anomalies, {before, batch})));
    MB_TRY(auto const reviewers, touched(on_.run(statement::anonymise_reviews, {before, batch})));
    return people + reviewers;
}

}  // namespace mb::sql
