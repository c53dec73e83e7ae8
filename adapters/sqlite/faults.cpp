#include "adapters/sqlite/faults.hpp"

#include <sqlite3.h>

#include <string_view>

namespace mb::sqlite {
namespace {

/// A statement made for a table or column that is no longer there, or not yet.
bool misses_schema(std::string_view message) noexcept
{
    return message.starts_with("no such column") || message.starts_with("no such table") || message.find("has no column named") != message.npos;
}

errc code_of(int code, std::string_view message, access how) noexcept
{
    switch (code) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY: return errc::duplicate;
        case SQLITE_BUSY_SNAPSHOT: return errc::conflict;
        default: break;
    }
    switch (code & 0xff) {
        case SQLITE_BUSY: return errc::busy;
        case SQLITE_LOCKED: return errc::conflict;
        case SQLITE_SCHEMA: return errc::conflict;
        case SQLITE_ERROR: return misses_schema(message) ? errc::conflict : errc::unexpected;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return errc::corrupt;
        case SQLITE_FULL:
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
        case SQLITE_NOMEM:
        case SQLITE_NOLFS:
        case SQLITE_PROTOCOL: return errc::unavailable;
        case SQLITE_READONLY: return how == access::reading ? errc::unexpected : errc::unavailable;
        default: return errc::unexpected;
    }
}

}  // namespace

error fault_of(sqlite3* handle, int code, char const* where, access how)
{
    // the connection may hold the message of an older fault
    bool const own = sqlite3_extended_errcode(handle) == code || sqlite3_errcode(handle) == code;
    std::string message = own ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
    auto const meaning = code_of(code, message, how);
    if (meaning == errc::corrupt) message += ": restore a backup with metabuilder-admin restore";
    return {meaning, where, std::move(message)};
}

}  // namespace mb::sqlite
