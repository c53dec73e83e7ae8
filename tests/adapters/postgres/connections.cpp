#include "adapters/postgres/replicated_store.hpp"
#include "tests/adapters/postgres/support.hpp"
#include "tests/contract/samples.hpp"

#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

using namespace mb;
using namespace mb::postgres::testing;
using namespace std::chrono_literals;

namespace {

/// Ends every other connection to the database, as a restart of the server does.
void end_connections(database const& of)
{
    of.ask("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
}

std::string refusal(std::string const& url)
{
    auto const opened = postgres::postgres_store::open(options_for(url), seals());
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == errc::unavailable);
    return opened.error().detail;
}

}  // namespace

TEST_CASE("a database that can't or must not be used is refused in one line that says what to do", "[postgres]")
{
    database const here;
    auto const expect = [](std::string const& told, char const* part) {
        INFO(told);
        CHECK(told.starts_with("DATABASE_URL: "));
        CHECK(told.find(part) != told.npos);
        CHECK(told.find('\n') == told.npos);
    };
    expect(refusal(postgres_testing::url_of("not_there")), "create the database");
    expect(refusal(postgres_testing::url_of(here.name(), "nobody_here")), "create the role");
    expect(refusal("postgresql://u:canary@127.0.0.1:1/x"), "check that the server runs");
    expect(refusal(here.url() + "&sslmode=sometimes"), "it must be postgresql://");
    auto const unreadable = refusal("postgresql://u:canary@[::1x/x");
    CHECK(unreadable.find("canary") == unreadable.npos);

    here.ask("ALTER DATABASE " + here.name() + " SET synchronous_commit = off");
    expect(refusal(here.url()), "synchronous_commit");
}

TEST_CASE("connections that broke while they were idle are replaced without failing a request", "[postgres]")
{
    database const here;
    auto const store = store_at(here.url());
    for (std::uint32_t round = 1; round <= 20; ++round) {
        must(insert(*store, round));
        CHECK(users_of(*store) == round);
        end_connections(here);
    }
    end_connections(here);
    CHECK(users_of(*store) == 20);
}

TEST_CASE("a connection that breaks before COMMIT was sent costs another try, and the work is done once", "[postgres]")
{
    database const here;
    auto const store = store_at(here.url());
    for (std::uint32_t round = 1; round <= 20; ++round) {
        int tries = 0;
        must(store->transact([&](ports::transaction& tx) -> outcome<void> {
            MB_CHECK(tx.users().insert(user_of(round)));
            if (++tries == 1) end_connections(here);
            return tx.users().insert(user_of(1000 + round));
        }));
        CHECK(tries == 2);
    }
    CHECK(users_of(*store) == 40);
    CHECK(store->commits().works == 20);
    CHECK(store->commits().retried == 20);
}

TEST_CASE("a connection that breaks after COMMIT was sent has an unknown outcome, and the work is not run again", "[postgres]")
{
    database const here;
    cutting_proxy proxy(here);
    auto const store = store_at(proxy.url(), 1);
    must(insert(*store, 1));
    auto const commit = std::string("c") + std::to_string(static_cast<int>(sql::statement::commit)) + '\0';
    proxy.cut_after(commit);
    int tries = 0;
    auto const ended = store->transact([&](ports::transaction& tx) {
        ++tries;
        return tx.users().insert(user_of(2));
    });
    CHECK(failure(ended) == errc::outcome_unknown);
    CHECK(tries == 1);
    CHECK(proxy.has_cut());
    proxy.cut_after("");
    CHECK(users_of(*store) == 2);  // it had been committed
}

TEST_CASE("while the server can't be reached callers are told so at once, and served again when it can", "[postgres]")
{
    database const here;
    auto const proxy = std::make_unique<cutting_proxy>(here);
    auto how = options_for(proxy->url(), 2);
    auto const store = postgres::postgres_store::open_later(how, seals());
    here.ask("ALTER DATABASE " + here.name() + " CONNECTION LIMIT 0");
    here.ask("ALTER ROLE CURRENT_USER CONNECTION LIMIT -1");
    auto const nobody = here.name() + "_r";
    postgres_testing::ask(here.url(), "CREATE ROLE " + nobody + " LOGIN");
    postgres_testing::ask(here.url(), "GRANT ALL ON SCHEMA mb_meta TO " + nobody + "; GRANT ALL ON ALL TABLES IN SCHEMA mb_meta TO " + nobody);
    auto const limited = postgres::postgres_store::open_later(options_for(postgres_testing::url_of(here.name(), nobody)), seals());
    auto const started = std::chrono::steady_clock::now();
    for (int i = 0; i < 200; ++i) CHECK(failure(insert(*limited, 1)) == errc::unavailable);
    CHECK(std::chrono::steady_clock::now() - started < 20s);
    here.ask("ALTER DATABASE " + here.name() + " CONNECTION LIMIT -1");
    bool served = false;
    for (int i = 0; i < 500 && !served; ++i) {
        served = insert(*limited, 1).has_value();
        if (!served) std::this_thread::sleep_for(10ms);
    }
    CHECK(served);
    here.ask("DROP OWNED BY " + nobody + "; DROP ROLE " + nobody);
}

TEST_CASE("there are never more connections than allowed, and who waits too long is told that all are taken", "[postgres]")
{
    database const here;
    auto how = options_for(here.url(), 2);
    how.connection_wait = 200ms;
    auto const store = must(postgres::postgres_store::open(how, seals()));
    std::latch taken(2);
    std::atomic<bool> leave{false};
    std::vector<std::thread> holders;
    std::atomic<int> failed{0};
    for (int i = 0; i < 2; ++i)
        holders.emplace_back([&] {
            auto const held = store->read([&](ports::transaction& tx) -> outcome<void> {
                MB_CHECK(tx.catalogue().current());
                taken.count_down();
                while (!leave) std::this_thread::yield();
                return {};
            });
            failed += !held;
        });
    taken.wait();
    CHECK(failure(insert(*store, 1)) == errc::busy);
    CHECK(here.ask("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'metabuilder'") == "2\n");
    leave = true;
    for (auto& each : holders) each.join();
    CHECK(failed == 0);
    must(insert(*store, 1));
}

TEST_CASE("a read that is more than one statement sees one snapshot, though its first statement is tried alone", "[postgres][race]")
{
    database const here;
    auto const store = store_at(here.url());
    must(insert(*store, 1));
    for (int round = 0; round < 200; ++round) {
        int runs = 0;
        auto const [first, second] = must(ports::read(*store, [&](ports::transaction& tx) -> outcome<std::pair<std::int64_t, std::int64_t>> {
            ++runs;
            MB_TRY(auto const before, tx.users().find(user_of(1).id));
            must(store->transact([&](ports::transaction& other) -> outcome<void> {
                MB_TRY(auto changed, other.users().find(user_of(1).id));
                ++changed->authz_version;
                return other.users().update(*changed);
            }));
            MB_TRY(auto const after, tx.users().find(user_of(1).address));
            return std::pair{before->authz_version, after->authz_version};
        }));
        REQUIRE(first == second);
        REQUIRE(runs <= 2);
        if (round % 10 == 0)  // alone, so that it is taken for its work's only statement again
            for (int i = 0; i < 4; ++i)
                must(store->read([&](ports::transaction& tx) -> outcome<void> {
                    MB_CHECK(tx.users().find(user_of(1).id));
                    return {};
                }));
    }
}

TEST_CASE("behind a pooler that gives each transaction another connection everything works without names", "[postgres]")
{
    database const here;
    auto how = options_for(here.url(), 2);
    how.statements = postgres::preparing::unnamed;
    auto const store = must(postgres::postgres_store::open(how, seals()));
    for (std::uint32_t round = 1; round <= 5; ++round) {
        must(insert(*store, round));
        CHECK(failure(insert(*store, round)) == errc::duplicate);
        CHECK(users_of(*store) == round);
    }
    must(store->transact([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.users().insert(user_of(6)));
        CHECK(failure(tx.users().insert(user_of(6))) == errc::duplicate);
        return tx.users().insert(user_of(7));
    }));
    CHECK(users_of(*store) == 7);
    // the server shows that a transaction has ended a little after it said so
    std::string open;
    for (int looks = 0; looks < 100 && open != "0\n"; ++looks) {
        std::this_thread::sleep_for(10ms);
        open = here.ask("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'");
    }
    CHECK(open == "0\n");
}

TEST_CASE("lists are read from a replica, and from the first database where it is not there", "[postgres]")
{
    database const first_place;
    database const replica_place;
    auto const first = store_at(first_place.url());
    auto const replica = store_at(replica_place.url());
    must(insert(*first, 1));
    must(insert(*replica, 1));
    must(insert(*replica, 2));
    postgres::replicated_store both(*first, *replica);
    CHECK(users_of(both) == 2);
    must(insert(both, 3));
    CHECK(users_of(*first) == 2);
    auto const away = postgres::postgres_store::open_later(options_for("postgresql://u@127.0.0.1:1/x"), seals());
    postgres::replicated_store one(*first, *away);
    CHECK(users_of(one) == 2);
}

TEST_CASE("a work that takes the catalogue for unchanged runs again where another program has changed it", "[postgres]")
{
    database const here;
    auto const store = store_at(here.url(), 2);
    auto const elsewhere = store_at(here.url(), 1);
    auto const advance = [&] { must(elsewhere->transact([](ports::transaction& tx) { return tx.catalogue().advance(); })); };
    auto const stored = [&] { return std::stoll(here.ask("SELECT value FROM mb_meta.epoch WHERE name = 'catalogue'")); };
    must(insert(*store, 1));
    for (std::uint32_t round = 2; round < 30; ++round) {
        CHECK(must(ports::read(*store, [](ports::transaction& tx) { return tx.catalogue().current(); })) == stored());
        advance();
        CHECK(must(ports::read(*store, [](ports::transaction& tx) { return tx.catalogue().current(); })) == stored());
        advance();
        int runs = 0;
        auto const [revision, found] = must(ports::read(*store, [&](ports::transaction& tx) -> outcome<std::pair<std::int64_t, bool>> {
            ++runs;
            MB_TRY(auto const current, tx.catalogue().current());
            MB_TRY(auto const user, tx.users().find(user_of(1).id));
            return std::pair{current, user.has_value()};
        }));
        CHECK(revision == stored());
        CHECK(found);
        CHECK(runs <= 2);
        advance();
        std::int64_t written_under = 0;
        must(store->transact([&](ports::transaction& tx) -> outcome<void> {
            MB_TRY(written_under, tx.catalogue().current());
            MB_CHECK(tx.users().insert(user_of(round)));
            return tx.audit().append(contract::bare_event(round));
        }));
        CHECK(written_under == stored());
        advance();
        must(store->transact([&](ports::transaction& tx) -> outcome<void> {  // nothing but what is put off
            MB_TRY(written_under, tx.catalogue().current());
            return tx.audit().append(contract::bare_event(100 + round));
        }));
        CHECK(written_under == stored());
    }
    CHECK(users_of(*store) == 29);
    CHECK(here.ask("SELECT count(*) FROM mb_meta.audit_logs") == "56\n");
}
