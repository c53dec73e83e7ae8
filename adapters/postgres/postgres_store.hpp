#pragma once

#include "adapters/postgres/options.hpp"
#include "adapters/sql/migrations.hpp"
#include "ports/cryptography.hpp"
#include "ports/store.hpp"

#include <atomic>
#include <cstdint>
#include <memory>

namespace mb::postgres {

class pool;

/// The store over one PostgreSQL database, which other programs like this one may share.
class postgres_store final : public ports::store {
public:
    /// Connects, and looks at the server; migrates nothing.
    /// @param seals  outlives the store.
    /// @error unavailable  it can't be reached, or must not be used: the detail names DATABASE_URL and the remedy.
    static outcome<std::unique_ptr<postgres_store>> open(options const& how, ports::sealer const& seals);
    /// Connects when it is used first.
    static std::unique_ptr<postgres_store> open_later(options const& how, ports::sealer const& seals);
    ~postgres_store() override;

    /// A connection that breaks before COMMIT was sent is replaced, and the work runs again. What `work` throws is thrown here, after
    /// it was undone. @error busy  no connection, or no answer, in time. @error unavailable  the server can't be reached.
    outcome<void> transact(ports::work_ref work) override;
    /// `work` runs again where a connection breaks, and where its first statement was taken for its only one: that one ran without a
    /// transaction, in one round trip. @error as transact()
    outcome<void> read(ports::work_ref work) override;

    /// Runs the migrations that are missing, each in a transaction of its own; of several programs that start together one does it, and
    /// the others wait. @error corrupt  the schema is newer than this program, or was altered, or this role may not change it.
    outcome<void> migrate(instant now);
    /// Makes the roles mb_ddl, mb_app and mb_audit and gives them their rights; asks for a superuser, or an owner who may create roles.
    outcome<void> set_up_roles();
    outcome<sql::schema_status> schema_status();
    /// @error corrupt  the schema is not the one that this program needs; the detail names the command that helps.
    outcome<void> require_current_schema();
    /// Reads every table and follows every reference. @error corrupt  what it found, one line each.
    outcome<void> integrity_check();
    /// Makes the partitions of audit_logs for the months to come. Rows of a month without one are kept all the same.
    outcome<void> prepare_partitions();

    commit_counts commits() const;

private:
    explicit postgres_store(std::unique_ptr<pool> connections) noexcept;
    template <class Attempt>
    outcome<void> insist(Attempt attempt);
    template <class Look>
    outcome<void> look(Look work);
    template <class Change>
    outcome<void> change(Change work);

    std::unique_ptr<pool> pool_;
    std::atomic<std::uint64_t> works_{0};
    std::atomic<std::uint64_t> retried_{0};
};

}  // namespace mb::postgres
