#include "adapters/memory/database/audit_repositories.hpp"
#include "adapters/memory/database/identity_repositories.hpp"

#include <algorithm>
#include <utility>

namespace mb::memory {
namespace {

using identity::user_id;

/// The rows that `wanted` holds for, the highest key first.
template <class Key, class Row, class Wanted>
std::vector<Row> rows_where(table<Key, Row> const& rows, std::size_t limit, Wanted wanted)
{
    std::vector<Row> found;
    rows.descending([&](Key const&, Row const& row) {
        if (wanted(row)) found.push_back(row);
        return found.size() < limit;
    });
    return found;
}

/// Removes the rows of a user with their entries in an index by owner and another.
template <class Rows, class ByOwner, class Forget>
void erase_owned(Rows& rows, ByOwner& by_owner, user_id who, Forget forget)
{
    for (auto const& id : keys_where(rows, rows.size(), [&](auto const& row) { return row.owner == who; })) {
        forget(*rows.find(id));
        by_owner.erase({who, id});
        rows.erase(id);
    }
}

void forget_whom(audit::event& row)
{
    row.user.reset();
    row.actor.reset();
    row.ip.reset();
    row.user_agent.clear();
}

void forget_whom(ports::login_attempt& row)
{
    row.user.reset();
    row.identity_pseudonym.clear();
    row.ip.reset();
    row.session.reset();
    row.user_agent.clear();
}

/// One step of anonymising: rows above the mark, up to the last one of a batch, and the mark moves there. Rows of one moment go together.
template <class Rows>
std::size_t anonymise(Rows& rows, instant& mark, instant before, std::size_t batch)
{
    std::vector<std::pair<instant, audit::log_id>> due;
    std::size_t counted = 0;
    rows.ascending([&](auto const& key, auto const&) {
        if (key.first <= mark) return true;
        if (key.first > before) return false;
        if (counted == batch && key.first != due.back().first) return false;
        if (counted < batch) ++counted;
        due.push_back(key);
        return true;
    });
    for (auto const& key : due) {
        auto row = *rows.find(key);
        forget_whom(row);
        rows.put(key, std::move(row));
    }
    if (!due.empty()) mark = due.back().first;
    return counted;
}

}  // namespace

outcome<ports::dossier> dossier_rows::collect(user_id who, std::size_t rows_max)
{
    auto const& rows = space_.rows();
    auto const limit = rows_max + 1;
    auto const owned = [&](auto const& row) { return row.owner == who; };
    ports::dossier collected;
    collected.families = rows_where(rows.families, limit, owned);
    collected.sessions = rows_where(rows.sessions, limit, owned);
    collected.links = rows_where(rows.email_tokens, limit, owned);
    collected.keys = rows_where(rows.api_keys, limit, owned);
    rows.recovery_codes.ascending([&](auto const&, identity::recovery_code const& row) {
        if (owned(row)) collected.recovery_codes.push_back(row);
        return true;
    });
    collected.attempts = rows_where(rows.login_attempts, limit, [&](ports::login_attempt const& row) { return row.user == who; });
    collected.events = rows_where(rows.audit_log, limit, [&](audit::event const& row) { return row.user == who || row.actor == who; });
    collected.anomalies = rows_where(rows.anomalies, limit, [&](anomaly::finding const& row) { return row.user == who; });
    return collected;
}

outcome<void> dossier_rows::erase(user_id who, instant)
{
    MB_TRY(auto* rows, space_.change("memory.dossiers.erase"));
    erase_owned(rows->families, rows->families_by_owner, who, [&](tokens::family const& old) {
        rows->families_by_access.erase(old.access_jti);
        if (old.prev_access_jti) rows->families_by_access.erase(*old.prev_access_jti);
    });
    erase_owned(rows->sessions, rows->sessions_by_owner, who, [&](tokens::session const& old) { rows->sessions_by_digest.erase(old.digest); });
    erase_owned(rows->api_keys, rows->api_keys_by_owner, who, [&](tokens::api_key const& old) { rows->api_keys_by_digest.erase(old.digest); });
    rows->factors.erase(who);
    forget_recovery_codes(*rows, who);
    for (auto const& id : keys_where(rows->email_tokens, rows->email_tokens.size(), [&](auto const& row) { return row.owner == who; })) {
        auto const& old = *rows->email_tokens.find(id);
        rows->email_tokens_by_owner.erase({old.owner, old.type, old.created_at, old.id});
        rows->email_tokens.erase(id);
    }
    auto const events = keys_where(rows->audit_log, rows->audit_log.size(), [&](auto const& row) { return row.user == who || row.actor == who; });
    for (auto const& key : events) {
        auto row = *rows->audit_log.find(key);
        if (row.user == who) row.user.reset();
        if (row.actor == who) row.actor.reset();
        row.ip.reset();
        row.user_agent.clear();
        rows->audit_log.put(key, std::move(row));
    }
    for (auto const& key : keys_where(rows->login_attempts, rows->login_attempts.size(), [&](auto const& row) { return row.user == who; })) {
        auto row = *rows->login_attempts.find(key);
        forget_whom(row);
        rows->login_attempts.put(key, std::move(row));
    }
    for (auto const& key :
         keys_where(rows->anomalies, rows->anomalies.size(), [&](auto const& row) { return row.user == who || row.reviewed_by == who; })) {
        auto row = *rows->anomalies.find(key);
        if (row.user == who) {
            row.user.reset();
            row.subject.clear();
        }
        if (row.reviewed_by == who) row.reviewed_by.reset();
        rows->anomalies.put(key, std::move(row));
    }
    if (auto const* held = rows->users.find(who)) {
        rows->users_by_address.erase(identity::email(held->address));
        if (held->name) rows->users_by_name.erase(identity::username(*held->name));
        rows->users.erase(who);
    }
    return {};
}

outcome<std::size_t> dossier_rows::anonymise_events(instant before, std::size_t batch)
{
    MB_TRY(auto* rows, space_.change("memory.dossiers.anonymise_events"));
    return anonymise(rows->audit_log, rows->events_anonymised, before, batch);
}

outcome<std::size_t> dossier_rows::anonymise_attempts(instant before, std::size_t batch)
{
    MB_TRY(auto* rows, space_.change("memory.dossiers.anonymise_attempts"));
    return anonymise(rows->login_attempts, rows->attempts_anonymised, before, batch);
}

}  // namespace mb::memory
