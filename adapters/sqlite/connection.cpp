#include "adapters/sqlite/connection.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <utility>

namespace mb::sqlite {
namespace {

constexpr char const* where = "sqlite.open";

/// Without the count of memory in use, threads that read do not meet at its lock. Only the first call of a process can say so.
void count_no_memory() noexcept
{
    static int const said = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    (void)said;  // where another library was first, reading is slower, not wrong
}

/// Switches off what a hostile file could use, and the lenient reading of "column" as a string.
void harden(SQLite::Database& database)
{
    auto* const handle = database.getHandle();
    sqlite3_extended_result_codes(handle, 1);
    for (auto const& [what, value] : {std::pair{SQLITE_DBCONFIG_DEFENSIVE, 1},
                                      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
                                      {SQLITE_DBCONFIG_DQS_DDL, 0},
                                      {SQLITE_DBCONFIG_DQS_DML, 0},
                                      {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
                                      {SQLITE_DBCONFIG_ENABLE_FKEY, 1}})
        database.check(sqlite3_db_config(handle, what, value, nullptr));
}

std::int64_t number(SQLite::Database& database, char const* query) { return database.execAndGet(query).getInt64(); }

/// Refuses a file whose schema can't be read or is not ours; a file without any table is welcome.
outcome<void> recognise(SQLite::Database& database)
{
    auto const stored = number(database, "PRAGMA application_id");
    auto const tables = number(database, "SELECT count(*) FROM sqlite_schema");  // reads and parses all of the schema
    if (stored != application_id && (stored != 0 || tables != 0))
        return error{errc::corrupt, where,
                     "the file belongs to another program: name another path, or restore a backup with metabuilder-admin restore"};
    std::string const verdict = database.execAndGet("PRAGMA quick_check(sqlite_schema)").getString();
    if (verdict != "ok") return error{errc::corrupt, where, verdict + ": restore a backup with metabuilder-admin restore"};
    return {};
}

outcome<void> configure(SQLite::Database& database, options const& how, access wanted)
{
    bool const in_memory = how.path == memory_path;
    if (!in_memory && database.execAndGet("PRAGMA journal_mode = WAL").getString() != "wal")
        return error{errc::unavailable, where, "the file system does not allow a write-ahead log"};
    database.exec(how.synchronous == durability::full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    database.exec("PRAGMA temp_store = MEMORY");
    database.exec("PRAGMA cache_size = -" + std::to_string(how.cache_kib));
    // reading through a mapping turns an I/O error into SIGBUS, which ends the process
    database.exec("PRAGMA mmap_size = 0");
    // a checkpoint each 8 MiB of log; what a burst grew is given back
    database.exec("PRAGMA wal_autocheckpoint = 2000");
    database.exec("PRAGMA journal_size_limit = 67108864");
    if (wanted == access::reading) database.exec("PRAGMA query_only = ON");
    return {};
}

}  // namespace

connection::connection(std::unique_ptr<SQLite::Database> database, access wanted, ports::sealer const& seals)
    : database_(std::move(database)),
      session_(database_->getHandle(), dialect_, wanted),
      repositories_(session_, dialect_, seals)
{
}

connection::~connection() = default;

outcome<std::unique_ptr<connection>> connection::open(options const& how, access wanted, ports::sealer const& seals)
try {
    count_no_memory();
    int const creating = how.path == memory_path ? SQLite::OPEN_CREATE : 0;
    auto database = std::make_unique<SQLite::Database>(how.path, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX | creating,
                                                       static_cast<int>(how.busy_wait.count()));
    harden(*database);
    MB_CHECK(recognise(*database));
    MB_CHECK(configure(*database, how, wanted));
    return std::unique_ptr<connection>(new connection(std::move(database), wanted, seals));
} catch (SQLite::Exception const& refusal) {
    int const code = refusal.getErrorCode() & 0xff;
    bool const broken = code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR;
    std::string detail = refusal.what();
    if (broken) detail += ": restore a backup with metabuilder-admin restore";
    return error{broken ? errc::corrupt : errc::unavailable, where, std::move(detail)};
}

outcome<void> connection::read(ports::work_ref work)
{
    MB_CHECK(session_.run(sql::statement::begin_read));
    struct ending {
        sqlite::session& of;
        ~ending() { (void)of.run(sql::statement::rollback); }  // nothing was written; what it says changes nothing
    } const afterwards{session_};
    return work(repositories_);
}

void connection::checkpoint() noexcept { sqlite3_wal_checkpoint_v2(database_->getHandle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr); }

}  // namespace mb::sqlite
