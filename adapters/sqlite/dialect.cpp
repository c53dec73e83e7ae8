#include "adapters/sqlite/dialect.hpp"

namespace mb::sqlite {

std::string_view dialect::text(sql::statement what) const noexcept
{
    switch (what) {
        case sql::statement::begin_write: return "BEGIN IMMEDIATE";
        case sql::statement::has_migrations: return "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'";
        case sql::statement::create_migrations:
            return "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, "
                   "applied_at "
                   "INTEGER NOT NULL) STRICT";
        default: return sql::common_text(what);
    }
}

std::string dialect::table_of(std::int64_t entity_number) const { return "mb_data_e_" + std::to_string(entity_number); }

// The table keeps its integer row ids: full-text search needs them.
std::string dialect::create_records(std::int64_t entity_number) const
{
    auto const table = table_of(entity_number);
    return "CREATE TABLE " + table +
           " (id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16), created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, created_by BLOB, version "
           "INTEGER NOT NULL) STRICT; CREATE INDEX " +
           table + "_created ON " + table + " (created_at, id)";
}

std::string dialect::index_of(std::int64_t entity_number, std::int64_t field_number, bool unique) const
{
    return table_of(entity_number) + (unique ? "_u_" : "_x_") + std::to_string(field_number);
}

std::string_view dialect::type_of(shape::kind kind) const noexcept
{
    switch (kind) {
        case shape::kind::integer:
        case shape::kind::decimal:
        case shape::kind::boolean:
        case shape::kind::date_time:
        case shape::kind::enumeration: return "INTEGER";
        case shape::kind::number: return "REAL";
        case shape::kind::uuid: return "BLOB";
        default: return "TEXT";
    }
}

}  // namespace mb::sqlite
