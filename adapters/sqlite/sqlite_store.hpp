#pragma once

#include "adapters/sql/migrations.hpp"
#include "adapters/sqlite/options.hpp"
#include "ports/cryptography.hpp"
#include "ports/store.hpp"

#include <cstdint>
#include <memory>

namespace mb::sqlite {

class readers;
class writer;

/// The store over one SQLite file: one thread writes, many read at the same time.
class sqlite_store final : public ports::store {
public:
    /// Opens the database and makes the file where it is missing; migrates nothing.
    /// @param seals  outlives the store.
    /// @error corrupt  the file is damaged, or another program's; the detail names the command that helps.
    /// @error unavailable  it can't be opened.
    static outcome<std::unique_ptr<sqlite_store>> open(options const& how, ports::sealer const& seals);
    /// Waits for the last commit, and leaves one file without a log.
    ~sqlite_store() override;

    /// Works of several callers share one commit. What `work` throws is thrown here, after it was undone.
    /// @error busy  another process held the file for longer than `busy_wait`. @error unavailable  the disk is full or broken.
    outcome<void> transact(ports::work_ref work) override;
    /// @error conflict  a table of records is no longer what the definition says: read the definition again.
    outcome<void> read(ports::work_ref work) override;

    /// Runs the migrations that are missing, each in a transaction of its own; of two programs that start together, one does it.
    /// @error corrupt  the schema is newer than this program, or was altered.
    outcome<void> migrate(instant now);
    outcome<sql::schema_status> schema_status();
    /// @error corrupt  the schema is not the one that this program needs; the detail names the command that helps.
    outcome<void> require_current_schema();
    /// Reads the whole database, and holds up writers while it does. @error corrupt  what it found, one line each.
    outcome<void> integrity_check();

    commit_counts commits() const;

private:
    sqlite_store(std::unique_ptr<writer> writes, std::unique_ptr<readers> reads) noexcept;

    std::unique_ptr<writer> writer_;
    std::unique_ptr<readers> readers_;  ///< none for ":memory:", which has the writer's connection only
};

}  // namespace mb::sqlite
