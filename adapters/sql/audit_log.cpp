#include "adapters/json/texts.hpp"
#include "adapters/sql/audit_repositories.hpp"
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
