#include "apps/composition/database.hpp"

#include "adapters/postgres/postgres_store.hpp"
#include "adapters/postgres/replicated_store.hpp"
#include "adapters/sqlite/sqlite_store.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace mb::composition {
namespace {

constexpr std::size_t sqlite_writers = 32;  // each waits for one commit: about as many as one group holds

class sqlite_database final : public database {
public:
    explicit sqlite_database(std::unique_ptr<sqlite::sqlite_store> opened) noexcept : store_(std::move(opened)) {}
    ports::store& store() noexcept override { return *store_; }
    ports::store& lists() noexcept override { return *store_; }
    outcome<void> migrate(instant now) override { return store_->migrate(now); }
    outcome<void> set_up_roles() override { return error{errc::unexpected, "composition.database", "DATABASE_URL names SQLite, which has no roles"}; }
    outcome<void> require_current_schema() override { return store_->require_current_schema(); }
    outcome<void> integrity_check() override { return store_->integrity_check(); }
    outcome<void> tidy() override { return {}; }
    outcome<sql::schema_status> schema_status() override { return store_->schema_status(); }
    database_counts counts() const override
    {
        auto const counted = store_->commits();
        return {counted.works, counted.commits, {}, {}, {}};
    }

private:
    std::unique_ptr<sqlite::sqlite_store> store_;
};

class postgres_database final : public database {
public:
    explicit postgres_database(std::unique_ptr<postgres::postgres_store> opened, std::unique_ptr<postgres::postgres_store> replica)
        : store_(std::move(opened)),
          replica_(std::move(replica))
    {
        if (replica_) lists_ = std::make_unique<postgres::replicated_store>(*store_, *replica_);
    }
    ports::store& store() noexcept override { return *store_; }
    ports::store& lists() noexcept override { return lists_ ? static_cast<ports::store&>(*lists_) : *store_; }
    outcome<void> migrate(instant now) override { return store_->migrate(now); }
    outcome<void> set_up_roles() override { return store_->set_up_roles(); }
    outcome<void> require_current_schema() override { return store_->require_current_schema(); }
    outcome<void> integrity_check() override { return store_->integrity_check(); }
    outcome<void> tidy() override { return store_->prepare_partitions(); }
    outcome<sql::schema_status> schema_status() override { return store_->schema_status(); }
    database_counts counts() const override
    {
        auto const counted = store_->commits();
        return {counted.works, {}, counted.retried, counted.connections, counted.waiting};
    }

private:
    std::unique_ptr<postgres::postgres_store> store_;
    std::unique_ptr<postgres::postgres_store> replica_;
    std::unique_ptr<postgres::replicated_store> lists_;
};

postgres::options options_of(config::settings const& settings, secret const& url)
{
    using std::chrono::ceil;
    using std::chrono::milliseconds;
    postgres::options chosen;
    chosen.url = url.reveal();
    chosen.connections = settings.database_connections;
    chosen.statements = settings.prepared_statements ? postgres::preparing::named : postgres::preparing::unnamed;
    chosen.statement_limit = ceil<milliseconds>(settings.statement_limit);
    chosen.lock_wait = ceil<milliseconds>(settings.lock_wait);
    chosen.connect_wait = ceil<milliseconds>(settings.database_connect_wait);
    return chosen;
}

}  // namespace

outcome<std::unique_ptr<database>> database::open(config::settings const& settings, ports::sealer const& seals)
{
    if (!settings.postgresql) return open_file(settings, settings.database_path.empty() ? sqlite::memory_path : settings.database_path, seals);
    MB_TRY(auto opened, postgres::postgres_store::open(options_of(settings, *settings.postgresql), seals));
    std::unique_ptr<postgres::postgres_store> replica;
    if (settings.postgresql_reads) {
        // where the replica is not there at the start, it may be later: lists are read from the first database until then
        replica = postgres::postgres_store::open_later(options_of(settings, *settings.postgresql_reads), seals);
    }
    return std::unique_ptr<database>(std::make_unique<postgres_database>(std::move(opened), std::move(replica)));
}

outcome<std::unique_ptr<database>> database::open_file(config::settings const& settings, std::string const& path, ports::sealer const& seals)
{
    sqlite::options chosen;
    chosen.path = path;
    chosen.readers = settings.database_connections;
    chosen.synchronous = settings.synchronous == config::sqlite_synchronous::full ? sqlite::durability::full : sqlite::durability::normal;
    MB_TRY(auto opened, sqlite::sqlite_store::open(chosen, seals));
    return std::unique_ptr<database>(std::make_unique<sqlite_database>(std::move(opened)));
}

database_threads database::threads_for(config::settings const& settings)
{
    auto const connections = settings.database_connections;
    if (!settings.postgresql) return {connections, sqlite_writers, true};
    // Few threads that read keep a server busy; many that write share its commits. One connection is left for jobs.
    auto const reading = std::max<std::size_t>(1, connections / 4);
    return {reading, connections > reading + 1 ? connections - reading - 1 : 1, false};
}

}  // namespace mb::composition
