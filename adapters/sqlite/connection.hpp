#pragma once

#include "adapters/sql/transaction.hpp"
#include "adapters/sqlite/dialect.hpp"
#include "adapters/sqlite/options.hpp"
#include "adapters/sqlite/session.hpp"

#include <memory>

namespace SQLite {
class Database;
}

namespace mb::sqlite {

/// One handle on the database, with its session and its repositories. Used by one thread at a time.
class connection {
public:
    /// Opens the file, which must exist unless the path is ":memory:". @error corrupt  it is damaged, or another program's.
    static outcome<std::unique_ptr<connection>> open(options const& how, access wanted, ports::sealer const& seals);
    ~connection();
    connection(connection const&) = delete;
    connection& operator=(connection const&) = delete;

    sqlite::session& session() noexcept { return session_; }
    ports::transaction& repositories() noexcept { return repositories_; }

    /// Runs `work` inside a transaction that reads one snapshot.
    outcome<void> read(ports::work_ref work);
    /// Moves what the log holds into the file and empties the log.
    void checkpoint() noexcept;

private:
    connection(std::unique_ptr<SQLite::Database> database, access wanted, ports::sealer const& seals);

    dialect dialect_;
    std::unique_ptr<SQLite::Database> database_;
    sqlite::session session_;
    sql::transaction repositories_;
};

}  // namespace mb::sqlite
