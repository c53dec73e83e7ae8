#include "adapters/postgres/postgres_store.hpp"

#include "adapters/postgres/integrity.hpp"
#include "adapters/postgres/pool.hpp"
#include "adapters/postgres/roles.hpp"

#include <random>
#include <string>
#include <thread>
#include <utility>

namespace mb::postgres {
namespace {

constexpr int tries_max = 3;
constexpr char const* migration_lock = "SELECT pg_advisory_xact_lock(7300)";

/// How one attempt ended, and whether another one is safe: nothing was committed, and it may go better.
struct attempt_end {
    outcome<void> result;
    bool again = false;
};

/// Undoes what is not committed when the attempt is left, by an exception too.
class undoing {
public:
    explicit undoing(session& of) noexcept : of_(of) {}
    ~undoing() { of_.rollback(); }
    undoing(undoing const&) = delete;
    undoing& operator=(undoing const&) = delete;

private:
    session& of_;
};

void pause(int tries)
{
    thread_local std::minstd_rand chance{std::random_device{}()};
    std::this_thread::sleep_for(std::chrono::milliseconds{std::uniform_int_distribution<int>{1, 10 * tries}(chance)});
}

outcome<bool> answers(session& on, std::string_view question)
{
    bool found = false;
    MB_CHECK(on.run(question, {}, [&](sql::row const&) -> outcome<void> {
        found = true;
        return {};
    }));
    return found;
}

/// Whether a failure came from this connection, before it was asked to commit.
bool broke(session const& on, outcome<void> const& ended) noexcept { return on.lost() && !ended && ended.error().code != errc::outcome_unknown; }

}  // namespace

postgres_store::postgres_store(std::unique_ptr<pool> connections) noexcept : pool_(std::move(connections)) {}
postgres_store::~postgres_store() = default;

outcome<std::unique_ptr<postgres_store>> postgres_store::open(options const& how, ports::sealer const& seals)
{
    auto made = open_later(how, seals);
    MB_CHECK(made->pool_->take());
    return made;
}

std::unique_ptr<postgres_store> postgres_store::open_later(options const& how, ports::sealer const& seals)
{
    return std::unique_ptr<postgres_store>(new postgres_store(std::make_unique<pool>(how, seals)));
}

template <class Attempt>
outcome<void> postgres_store::insist(Attempt attempt)
{
    for (int tries = 1;; ++tries) {
        auto ended = [&]() -> attempt_end {
            auto taken = pool_->take();
            if (!taken) return {std::move(taken).error(), false};
            return attempt((*taken)->session(), **taken);
        }();
        if (ended.result || !ended.again || tries == tries_max) return std::move(ended.result);
        retried_.fetch_add(1, std::memory_order_relaxed);
        pause(tries);
    }
}

outcome<void> postgres_store::transact(ports::work_ref work)
{
    auto ended = insist([&](session& on, connection& whole) -> attempt_end {
        on.begin(session::purpose::writing);
        undoing const afterwards{on};
        auto done = work(whole.repositories());
        if (done) done = on.commit();
        bool const again = !done && (done.error().code == errc::conflict || broke(on, done));
        return {std::move(done), again};
    });
    if (ended) works_.fetch_add(1, std::memory_order_relaxed);
    return ended;
}

template <class Look>
outcome<void> postgres_store::look(Look work)
{
    return insist([&](session& on, connection& whole) -> attempt_end {
        for (;;) {
            on.begin(session::purpose::reading);
            undoing const afterwards{on};
            outcome<void> done = work(on, whole);
            if (auto const sure = on.verify(); !sure && done) done = sure;
            if (on.needs_snapshot()) continue;
            bool const again = broke(on, done);
            return {std::move(done), again};
        }
    });
}

outcome<void> postgres_store::read(ports::work_ref work)
{
    return look([&](session&, connection& whole) { return work(whole.repositories()); });
}

template <class Change>
outcome<void> postgres_store::change(Change work)
{
    return insist([&](session& on, connection&) -> attempt_end {
        on.begin(session::purpose::migrating);
        undoing const afterwards{on};
        outcome<void> done = work(on);
        if (done) done = on.commit();
        bool const again = broke(on, done);
        return {std::move(done), again};
    });
}

outcome<void> postgres_store::migrate(instant now)
{
    dialect const with;
    for (bool missing = true; missing;) {
        auto done = change([&](session& on) -> outcome<void> {
            MB_CHECK(on.run(migration_lock));
            MB_TRY(auto const exists, answers(on, "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'mb_meta'"));
            if (!exists) MB_CHECK(on.script("CREATE SCHEMA mb_meta"));
            MB_TRY(missing, sql::migrate_one(on, with, now));
            return {};
        });
        if (!done && done.error().detail.find("permission denied") != std::string::npos)
            return error{errc::corrupt, "postgres.migrate",
                         "the role of DATABASE_URL may not change the schema (" + done.error().detail
                             + "): run metabuilder-admin migrate up with a DATABASE_URL whose role may"};
        MB_CHECK(std::move(done));
    }
    return prepare_partitions();
}

outcome<void> postgres_store::set_up_roles()
{
    return change([](session& on) { return on.script(role_setup()); });
}

outcome<sql::schema_status> postgres_store::schema_status()
{
    dialect const with;
    sql::schema_status status;
    MB_CHECK(look([&](session& on, connection&) -> outcome<void> {
        MB_TRY(status, sql::read_schema(on, with));
        return {};
    }));
    return status;
}

outcome<void> postgres_store::require_current_schema()
{
    MB_TRY(auto const status, schema_status());
    return sql::require_current(status);
}

outcome<void> postgres_store::prepare_partitions()
{
    return change([](session& on) -> outcome<void> {
        MB_CHECK(on.run(migration_lock));
        return on.script("SELECT mb_meta.prepare_audit_partitions(3)");
    });
}

outcome<void> postgres_store::integrity_check()
{
    std::string found;
    MB_CHECK(insist([&](session& on, connection&) -> attempt_end {
        on.begin(session::purpose::migrating);
        undoing const afterwards{on};
        auto problems = find_problems(on);
        if (!problems) return {std::move(problems).error(), false};
        found = *std::move(problems);
        return {};
    }));
    if (found.empty()) return {};
    return error{errc::corrupt, "postgres.integrity_check", std::move(found)};
}

commit_counts postgres_store::commits() const { return {works_.load(), retried_.load(), pool_->size(), pool_->waiting()}; }

}  // namespace mb::postgres
