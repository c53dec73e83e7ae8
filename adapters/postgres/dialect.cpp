#include "adapters/postgres/dialect.hpp"

#include <array>
#include <string>

namespace mb::postgres {
namespace {

using sql::statement;
using texts = std::array<std::string, sql::statements_total>;

/// Where PostgreSQL needs other words.
std::string_view own_text(statement what) noexcept
{
    switch (what) {
        case statement::begin_read: return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        case statement::begin_write: return "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
        case statement::has_migrations: return "SELECT 1 FROM pg_catalog.pg_class WHERE oid = to_regclass('mb_meta.schema_migrations')";
        case statement::create_migrations:
            return "CREATE TABLE mb_meta.schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at "
                   "TIMESTAMPTZ NOT NULL)";
        // An array is made once; a joined subquery could run again and again, and skip other rows each time. What another purge
        // holds is left to it.
        case statement::purge_families:
            return "DELETE FROM refresh_token_families WHERE id = ANY (ARRAY(SELECT id FROM refresh_token_families WHERE expires_at <= $1 OR "
                   "revoked_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED))";
        case statement::purge_sessions:
            return "DELETE FROM sessions WHERE id = ANY (ARRAY(SELECT id FROM sessions WHERE expires_at <= $1 OR revoked_at <= $1 LIMIT $2 FOR "
                   "UPDATE SKIP LOCKED))";
        // rows that the application may not change by itself
        case statement::forget_salts: return "SELECT mb_meta.forget_audit_salts($1)";
        case statement::erase_events: return "SELECT mb_meta.erase_events($1)";
        case statement::erase_actor: return "SELECT mb_meta.erase_actor($1)";
        case statement::erase_attempts: return "SELECT mb_meta.erase_attempts($1)";
        case statement::anonymise_events: return "SELECT mb_meta.anonymise_events($1, $2)";
        case statement::anonymise_attempts: return "SELECT mb_meta.anonymise_attempts($1, $2)";
        case statement::anonymise_anomalies:
            return "UPDATE anomalies SET user_id = NULL, subject = '' WHERE id = ANY (ARRAY(SELECT id FROM anomalies WHERE created_at <= $1 AND "
                   "(subject "
                   "<> '' OR user_id IS NOT NULL) LIMIT $2 FOR UPDATE SKIP LOCKED))";
        case statement::anonymise_reviews:
            return "UPDATE anomalies SET reviewed_by = NULL WHERE id = ANY (ARRAY(SELECT id FROM anomalies WHERE reviewed_by IS NOT NULL AND "
                   "reviewed_at "
                   "<= $1 LIMIT $2 FOR UPDATE SKIP LOCKED))";
        case statement::purge_email_tokens:
            return "DELETE FROM email_tokens WHERE id = ANY (ARRAY(SELECT id FROM email_tokens WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP "
                   "LOCKED))";
        case statement::purge_lockouts:
            return "DELETE FROM lockout_counters WHERE ctid = ANY (ARRAY(SELECT ctid FROM lockout_counters WHERE expires_at <= $1 LIMIT $2 FOR "
                   "UPDATE SKIP LOCKED))";
        case statement::purge_signing_keys:
            return "DELETE FROM jwt_signing_keys WHERE kid = ANY (ARRAY(SELECT kid FROM jwt_signing_keys WHERE expires_at <= $1 LIMIT $2 FOR "
                   "UPDATE SKIP LOCKED))";
        case statement::purge_messages:
            return "DELETE FROM outbox WHERE id = ANY (ARRAY(SELECT id FROM outbox WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED))";
        default: return sql::common_text(what);
    }
}

bool is_find(statement what) noexcept
{
    switch (what) {
        case statement::user_by_id:
        case statement::user_by_email:
        case statement::user_by_username:
        case statement::family_by_id:
        case statement::email_token_by_id:
        case statement::newest_email_token:
        case statement::lockout_by_key:
        case statement::access_by_session:
        case statement::api_key_by_id:
        case statement::role_by_name:
        case statement::second_factor_by_owner:
        case statement::anomaly_by_id:
        case statement::open_anomaly:
        case statement::entity_by_id: return true;
        default: return false;
    }
}

/// The definitions have a schema of their own here, and no prefix.
std::string in_schema(std::string_view common)
{
    std::string text(common);
    constexpr std::string_view prefix = "mb_meta_";
    for (auto at = text.find(prefix); at != text.npos; at = text.find(prefix, at)) text.replace(at, prefix.size(), "mb_meta.");
    return text;
}

template <class Say>
texts make(Say say)
{
    texts made;
    for (std::size_t i = 0; i < made.size(); ++i) made[i] = say(static_cast<statement>(i));
    return made;
}

std::string_view at(texts const& of, statement what) noexcept { return of[static_cast<std::size_t>(what)]; }

}  // namespace

std::string_view dialect::text(statement what) const noexcept
{
    static auto const made = make([](statement each) { return in_schema(own_text(each)); });
    return at(made, what);
}

std::string_view dialect::holding_text(statement what) const noexcept
{
    static auto const made = make([](statement each) { return in_schema(own_text(each)) + (is_find(each) ? " FOR NO KEY UPDATE" : ""); });
    return at(made, what);
}

// Each lock lasts until the transaction ends, and each statement after it sees what its last holder committed.
std::string_view dialect::guard_of(statement what) const noexcept
{
    switch (what) {
        // the first failure of an identity has no row yet, and two of them must count as two
        case statement::lockout_by_key: return "SELECT pg_advisory_xact_lock(hashtextextended($1::text || ' ' || $2::text, 7301))";
        // two administrators must not remove each other at once
        case statement::count_active_users: return "SELECT pg_advisory_xact_lock(hashtextextended($1::text, 7302))";
        // two servers that start together must not both make the first key
        case statement::list_signing_keys: return "SELECT pg_advisory_xact_lock(7303)";
        // of two servers that find the same anomaly one writes the row; every value of the statement is bound to its guard as well
        case statement::open_anomaly:
            return "SELECT pg_advisory_xact_lock(hashtextextended($1::text || ' ' || $2::text, 7304)) WHERE $3::timestamptz IS NOT NULL";
        default: return "";
    }
}

std::string dialect::table_of(std::int64_t entity_number) const { return "mb_data.e_" + std::to_string(entity_number); }

std::string dialect::create_records(std::int64_t entity_number) const
{
    auto const table = table_of(entity_number);
    return "CREATE TABLE " + table
           + " (id UUID NOT NULL PRIMARY KEY, created_at TIMESTAMPTZ NOT NULL, updated_at TIMESTAMPTZ NOT NULL, created_by UUID, version BIGINT NOT "
             "NULL); CREATE INDEX e_"
           + std::to_string(entity_number) + "_created ON " + table + " (created_at NULLS FIRST, id)";
}

// Without a schema: CREATE INDEX takes none, and the search path leads DROP INDEX to it.
std::string dialect::index_of(std::int64_t entity_number, std::int64_t field_number, bool unique) const
{
    return "e_" + std::to_string(entity_number) + (unique ? "_u_" : "_x_") + std::to_string(field_number);
}

std::string_view dialect::type_of(shape::kind kind) const noexcept
{
    switch (kind) {
        case shape::kind::integer:
        case shape::kind::decimal:
        case shape::kind::enumeration: return "BIGINT";
        case shape::kind::boolean: return "BOOLEAN";
        case shape::kind::date_time: return "TIMESTAMPTZ";
        case shape::kind::date: return "DATE";
        case shape::kind::number: return "DOUBLE PRECISION";
        case shape::kind::uuid: return "UUID";
        // bytes in their order, as SQLite compares them
        default: return "TEXT COLLATE \"C\"";
    }
}

}  // namespace mb::postgres
