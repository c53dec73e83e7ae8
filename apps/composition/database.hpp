#pragma once

#include "adapters/config/settings.hpp"
#include "core/domain/base/instant.hpp"
#include "core/domain/base/outcome.hpp"
#include "ports/cryptography.hpp"
#include "ports/store.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace mb::sql {
struct schema_status;
}

namespace mb::composition {

/// Threads that use the database at the same time.
struct database_threads {
    std::size_t reading = 0;
    std::size_t writing = 0;
    bool reads_in_process = false;  ///< a point read costs less than handing it to another thread
};

/// What it did since it began; nothing where its kind does not count that.
struct database_counts {
    std::uint64_t works = 0;  ///< transactions that were committed
    std::optional<std::uint64_t> commits;
    std::optional<std::uint64_t> repeated;
    std::optional<std::uint64_t> connections;
    std::optional<std::uint64_t> waiting;
};

/// The database that DATABASE_URL names, whatever it is. The only place that knows which kinds there are.
class database {
public:
    /// Opens it; migrates nothing. @param seals  outlives it.
    /// @error as sqlite_store::open or postgres_store::open
    static outcome<std::unique_ptr<database>> open(config::settings const& settings, ports::sealer const& seals);
    /// One SQLite file, whatever DATABASE_URL names.
    static outcome<std::unique_ptr<database>> open_file(config::settings const& settings, std::string const& path, ports::sealer const& seals);
    /// How many threads of each kind it serves best.
    static database_threads threads_for(config::settings const& settings);
    virtual ~database() = default;

    virtual ports::store& store() noexcept = 0;
    /// The same, but what is read may be some moments old: for lists.
    virtual ports::store& lists() noexcept = 0;
    /// @error corrupt  the schema is newer than this program, or was altered.
    virtual outcome<void> migrate(instant now) = 0;
    /// Makes the roles that a server works with and gives them their rights. @error unexpected  the database knows no roles.
    virtual outcome<void> set_up_roles() = 0;
    /// @error corrupt  the schema is not the one that this program needs.
    virtual outcome<void> require_current_schema() = 0;
    /// Reads all of it. @error corrupt  what it found.
    virtual outcome<void> integrity_check() = 0;
    /// What is to be done now and then, besides the purge.
    virtual outcome<void> tidy() = 0;
    virtual outcome<sql::schema_status> schema_status() = 0;
    virtual database_counts counts() const = 0;
};

}  // namespace mb::composition
