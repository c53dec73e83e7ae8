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
    };
}

outcome<void> audit_log::append(audit::event const& added)
{
    auto const metadata = json::write_text_pairs(added.metadata);
    return ran(on_.run(statement::append_event,
                       {added.id, added.user, added.actor, audit::entry_of(added.type).name, audit::name_of(added.level), added.ip, added.user_agent,
                        added.correlation, added.endpoint, added.http_method, added.status_code, added.response_time_ms, metadata, added.at}));
}

outcome<std::vector<audit::event>> audit_log::newest(std::size_t limit)
{
    return all<audit::event>(on_, statement::newest_events, {limit}, "sql.audit_logs", read_event);
}

outcome<ports::event_page> audit_log::page(ports::event_filter const& filter)
{
    auto const start = filter.before.value_or(audit::log_end);
    auto const stretch = [&](query_text& query) {
        query.condition().words("(timestamp, log_id) < (").bind(start.at).words(", ").bind(start.id).words(")");
        if (filter.from) query.condition().words("timestamp >= ").bind(*filter.from);
        if (filter.until) query.condition().words("timestamp < ").bind(*filter.until);
    };
    // the place of the last row that is looked at: the index alone tells
    std::optional<audit::position> last;
    query_text bound;
    bound.words("SELECT timestamp, log_id FROM audit_logs");
    stretch(bound);
    bound.words(" ORDER BY timestamp DESC, log_id DESC LIMIT 1 OFFSET ").words(std::to_string(filter.examined_max - 1));
    MB_CHECK(bound.run(on_, [&](row const& each) -> outcome<void> {
        columns from{each};
        last.emplace();
        last->at = from.at();
        last->id = from.identity<audit::log_id>();
        return from.finish("sql.audit_logs");
    }));

    query_text query;
    query.words("SELECT ").words(event_columns()).words(" FROM audit_logs");
    stretch(query);
    if (last) query.condition().words("(timestamp, log_id) >= (").bind(last->at).words(", ").bind(last->id).words(")");
    if (filter.type) query.condition().words("event_type = ").bind(audit::entry_of(*filter.type).name);
    if (filter.level) query.condition().words("severity = ").bind(audit::name_of(*filter.level));
    if (filter.user) query.condition().words("(user_id = ").bind(*filter.user).words(" OR actor_id = ").bind(*filter.user).words(")");
    if (filter.ip) query.condition().words("ip_hash = ").bind(*filter.ip);
    if (filter.correlation) query.condition().words("correlation_id = ").bind(*filter.correlation);
    query.words(" ORDER BY timestamp DESC, log_id DESC LIMIT ").words(std::to_string(filter.limit + 1));
    ports::event_page found;
    MB_CHECK(query.run(on_, [&](row const& each) -> outcome<void> {
        columns from{each};
        found.events.push_back(read_event(from));
        return from.finish("sql.audit_logs");
    }));
    if (found.events.size() > filter.limit) {
        found.events.pop_back();
        found.next = audit::position_of(found.events.back());
    } else {
        found.next = last;
    }
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
    return ran(on_.run(statement::append_attempt, {added.id, added.user, added.identity_pseudonym, added.ip, added.session, added.successful,
                                                   added.failure_reason, added.user_agent, added.at}));
}

outcome<std::vector<ports::login_attempt>> login_attempts::newest(std::size_t limit)
{
    return all<ports::login_attempt>(on_, statement::newest_attempts, {limit}, "sql.login_attempts", read_attempt);
}

}  // namespace mb::sql
