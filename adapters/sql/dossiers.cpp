#include "adapters/sql/audit_repositories.hpp"
#include "adapters/sql/rows.hpp"

namespace mb::sql {
namespace {

/// One step of anonymising: rows above the mark, up to the last one of a batch, and the mark moves there. Rows of one moment go together.
outcome<std::size_t> anonymise(session& on, char const* mark, statement last_of_batch, statement change, instant before, std::size_t batch)
{
    constexpr char const* table = "sql.epoch";
    MB_TRY(auto const done, first<std::int64_t>(on, statement::anonymised_until, {mark}, table, [](columns& from) { return from.integer(); }));
    if (!done) return error{errc::corrupt, table, "a mark is missing"};
    struct reach {
        std::int64_t rows = 0;
        std::optional<instant> last{};
    };
    MB_TRY(auto const found, first<reach>(on, last_of_batch, {*done, before, batch}, table,
                                          [](columns& from) { return reach{.rows = from.integer(), .last = from.maybe_at()}; }));
    if (!found || found->rows == 0 || !found->last) return std::size_t{0};
    MB_CHECK(on.run(change, {*done, *found->last}));
    MB_CHECK(on.run(statement::set_anonymised_until, {*found->last, mark}));
    return static_cast<std::size_t>(found->rows);
}

}  // namespace

outcome<ports::dossier> dossiers::collect(identity::user_id who, std::size_t rows_max)
{
    auto const limit = rows_max + 1;
    ports::dossier collected;
    MB_TRY(collected.families, all<tokens::family>(on_, statement::families_of, {who, limit}, "sql.refresh_token_families", read_family));
    MB_TRY(collected.sessions, all<tokens::session>(on_, statement::sessions_of, {who, limit}, "sql.sessions", read_session));
    MB_TRY(collected.links, all<identity::email_token>(on_, statement::email_tokens_of, {who, limit}, "sql.email_tokens", read_email_token));
    MB_TRY(collected.keys, all<tokens::api_key>(on_, statement::api_keys_of, {who, limit}, "sql.api_keys", read_api_key));
    MB_TRY(collected.recovery_codes,
           all<identity::recovery_code>(on_, statement::recovery_codes_of, {who}, "sql.mfa_recovery_codes", read_recovery_code));
    MB_TRY(collected.attempts, all<ports::login_attempt>(on_, statement::attempts_of, {who, limit}, "sql.login_attempts", read_attempt));
    MB_TRY(collected.events, all<audit::event>(on_, statement::events_of, {who, limit}, "sql.audit_logs", read_event));
    MB_TRY(collected.anomalies, all<anomaly::finding>(on_, statement::anomalies_of, {who, limit}, "sql.anomalies", read_anomaly));
    return collected;
}

outcome<void> dossiers::erase(identity::user_id who, instant now)
{
    for (auto const what : {statement::erase_families, statement::erase_sessions, statement::erase_email_tokens, statement::erase_api_keys,
                            statement::delete_recovery_codes, statement::delete_user_roles, statement::erase_events, statement::erase_actor,
                            statement::erase_attempts, statement::erase_anomalies, statement::erase_reviewer})
        MB_CHECK(on_.run(what, {who}));
    // what stays is unique like an address, and can't be one
    auto const nobody = "erased:" + who.text();
    return ran(on_.run(statement::erase_user, {nobody, false, now, who}));
}

outcome<std::size_t> dossiers::anonymise_events(instant before, std::size_t batch)
{
    return anonymise(on_, "anonymised_events", statement::last_event_of_batch, statement::anonymise_events, before, batch);
}

outcome<std::size_t> dossiers::anonymise_attempts(instant before, std::size_t batch)
{
    return anonymise(on_, "anonymised_attempts", statement::last_attempt_of_batch, statement::anonymise_attempts, before, batch);
}

}  // namespace mb::sql
