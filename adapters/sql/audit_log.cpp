#include "adapters/json/texts.hpp"
#include "adapters/sql/audit_repositories.hpp"
#include "adapters/sql/log_pages.hpp"
#include "adapters/sql/rows.hpp"

namespace mb::sql {
namespace {

/// What differs between tables of which pages are read (log_pages.hpp).
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

}  // namespace

audit::event read_event(columns& from)
{
    audit::event read;
    read.id = from.identity<audit::log_id>();
    read.user = from.maybe_identity<identity::user_id>();
    read.actor = from.maybe_identity<identity::user_id>();
    read.type = from.named(audit::event_named);
    read.level = from.named(audit::severity_named);
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
