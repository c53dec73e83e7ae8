#include "adapters/json/texts.hpp"
#include "adapters/sql/audit_repositories.hpp"
#include "adapters/sql/query_text.hpp"
#include "adapters/sql/rows.hpp"

namespace mb::sql {
namespace {

std::optional<audit::severity> severity_named(std::string_view name) noexcept
{
    for (auto const level : {audit::severity::low, audit::severity::medium, audit::severity::high, audit::severity::critical})
        if (name == audit::name_of(level)) return level;
    return std::nullopt;
}

/// What differs between the two tables of which pages are read.
struct log_names {
    static constexpr char const* table = "audit_logs";
    static constexpr char const* time = "timestamp";
    static constexpr char const* id = "log_id";
    static std::string_view columns() noexcept { return event_columns(); }
    static audit::event read(sql::columns& from) { return read_event(from); }
};
struct attempt_names {
    static constexpr char const* table = "login_attempts";
    static constexpr char const* time = "attempt_time";
    static constexpr char const* id = "attempt_id";
    static std::string_view columns() noexcept { return attempt_columns(); }
    static ports::login_attempt read(sql::columns& from) { return read_attempt(from); }
};

template <class Names, class Filter>
void limit_stretch(query_text& query, Filter const& filter, audit::position const& start)
{
    query.condition().words("(").words(Names::time).words(", ").words(Names::id).words(") < (").bind(start.at).words(", ").bind(start.id).words(")");
    if (filter.from) query.condition().words(Names::time).words(" >= ").bind(*filter.from);
    if (filter.until) query.condition().words(Names::time).words(" < ").bind(*filter.until);
}

template <class Names>
void newest_first(query_text& query)
{
    query.words(" ORDER BY ").words(Names::time).words(" DESC, ").words(Names::id).words(" DESC LIMIT ");
}

/// One page into `rows`; where to go on.
template <class Names, class Filter, class Row, class Conditions>
outcome<std::optional<audit::position>> read_page(session& on, Filter const& filter, std::vector<Row>& rows, Conditions conditions)
{
    auto const start = filter.before.value_or(audit::log_end);
    // the place of the last row that is looked at: the index alone tells
    std::optional<audit::position> last;
    query_text bound;
    bound.words("SELECT ").words(Names::time).words(", ").words(Names::id).words(" FROM ").words(Names::table);
    limit_stretch<Names>(bound, filter, start);
    newest_first<Names>(bound);
    bound.words("1 OFFSET ").words(std::to_string(filter.examined_max - 1));
    MB_CHECK(bound.run(on, [&](row const& each) -> outcome<void> {
        columns from{each};
        last.emplace();
        last->at = from.at();
        last->id = from.identity<audit::log_id>();
        return from.finish(Names::table);
    }));

    query_text query;
    query.words("SELECT ").words(Names::columns()).words(" FROM ").words(Names::table);
    limit_stretch<Names>(query, filter, start);
    if (last)
        query.condition()
            .words("(")
            .words(Names::time)
            .words(", ")
            .words(Names::id)
            .words(") >= (")
            .bind(last->at)
            .words(", ")
            .bind(last->id)
            .words(")");
    conditions(query);
    newest_first<Names>(query);
    query.words(std::to_string(filter.limit + 1));
    MB_CHECK(query.run(on, [&](row const& each) -> outcome<void> {
        columns from{each};
        rows.push_back(Names::read(from));
        return from.finish(Names::table);
    }));
    if (rows.size() <= filter.limit) return last;
    rows.pop_back();
    return std::optional(audit::position{rows.back().at, rows.back().id});
}

}  // namespace

audit::event read_event(columns& from)
{
    audit::event read;
    read.id = from.identity<audit::log_id>();
    read.user = from.maybe_identity<identity::user_id>();
    read.actor = from.maybe_identity<identity::user_id>();
    read.type = from.named(audit::event_named);
    read.level = from.named(severity_named);
    read.ip = from.maybe_ip();
    read.user_agent = from.string();
    read.correlation = from.identity<audit::correlation_id>();
    read.endpoint = from.string();
    read.http_method = from.string();
    read.status_code = static_cast<int>(from.integer());
    read.response_time_ms = from.integer();
    read.metadata = from.named(json::read_text_pairs);
    read.at = from.at();
    read.country = from.maybe_string();
    read.risk_score = from.maybe_integer();
    return read;
}

ports::login_attempt read_attempt(columns& from)
{
    return ports::login_attempt{
        .id = from.identity<audit::log_id>(),
        .user = from.maybe_identity<identity::user_id>(),
        .identity_pseudonym = from.string(),
        .ip = from.maybe_ip(),
        .session = from.maybe_identity<tokens::family_id>(),
        .successful = from.truth(),
        .failure_reason = from.string(),
        .user_agent = from.string(),
        .at = from.at(),
        .country = from.maybe_string(),
        .risk_score = from.maybe_integer(),
        .suspicious = from.truth(),
    };
}

outcome<void> audit_log::append(audit::event const& added)
{
    auto const metadata = json::write_text_pairs(added.metadata);
    return ran(on_.run(statement::append_event, {added.id, added.user, added.actor, audit::entry_of(added.type).name, audit::name_of(added.level),
                                                 added.ip, added.user_agent, added.correlation, added.endpoint, added.http_method, added.status_code,
                                                 added.response_time_ms, metadata, added.at, added.country, added.risk_score}));
}

outcome<std::vector<audit::event>> audit_log::newest(std::size_t limit)
{
    return all<audit::event>(on_, statement::newest_events, {limit}, "sql.audit_logs", read_event);
}

outcome<ports::event_page> audit_log::page(ports::event_filter const& filter)
{
    ports::event_page found;
    MB_TRY(found.next, read_page<log_names>(on_, filter, found.events, [&](query_text& query) {
               if (filter.type) query.condition().words("event_type = ").bind(audit::entry_of(*filter.type).name);
               if (filter.level) query.condition().words("severity = ").bind(audit::name_of(*filter.level));
               if (filter.user) query.condition().words("(user_id = ").bind(*filter.user).words(" OR actor_id = ").bind(*filter.user).words(")");
               if (filter.ip) query.condition().words("ip_hash = ").bind(*filter.ip);
               if (filter.correlation) query.condition().words("correlation_id = ").bind(*filter.correlation);
           }));
    return found;
}

outcome<std::vector<audit::event>> audit_log::after(audit::position above, audit::position through, std::size_t limit)
{
    return all<audit::event>(on_, statement::events_after, {above.at, above.id, through.at, through.id, limit}, "sql.audit_logs", read_event);
}

outcome<std::size_t> audit_log::count(audit::position above, audit::position through)
{
    MB_TRY(auto const counted, first<std::size_t>(on_, statement::count_events, {above.at, above.id, through.at, through.id}, "sql.audit_logs",
                                                  [](columns& from) { return static_cast<std::size_t>(from.integer()); }));
    return counted.value_or(0);
}

outcome<void> login_attempts::append(ports::login_attempt const& added)
{
    return ran(
        on_.run(statement::append_attempt, {added.id, added.user, added.identity_pseudonym, added.ip, added.session, added.successful,
                                            added.failure_reason, added.user_agent, added.at, added.country, added.risk_score, added.suspicious}));
}

outcome<std::vector<ports::login_attempt>> login_attempts::newest(std::size_t limit)
{
    return all<ports::login_attempt>(on_, statement::newest_attempts, {limit}, "sql.login_attempts", read_attempt);
}

outcome<ports::attempt_page> login_attempts::page(ports::attempt_filter const& filter)
{
    ports::attempt_page found;
    MB_TRY(found.next, read_page<attempt_names>(on_, filter, found.attempts, [&](query_text& query) {
               if (filter.user) query.condition().words("user_id = ").bind(*filter.user);
               if (filter.ip) query.condition().words("ip_hash = ").bind(*filter.ip);
               if (filter.successful) query.condition().words("successful = ").bind(*filter.successful);
           }));
    return found;
}

outcome<std::vector<ports::login_attempt>> login_attempts::after(audit::position above, audit::position through, std::size_t limit)
{
    return all<ports::login_attempt>(on_, statement::attempts_after, {above.at, above.id, through.at, through.id, limit}, "sql.login_attempts",
                                     read_attempt);
}

outcome<std::size_t> login_attempts::count(audit::position above, audit::position through)
{
    MB_TRY(auto const counted, first<std::size_t>(on_, statement::count_attempts, {above.at, above.id, through.at, through.id}, "sql.login_attempts",
                                                  [](columns& from) { return static_cast<std::size_t>(from.integer()); }));
    return counted.value_or(0);
}

}  // namespace mb::sql
