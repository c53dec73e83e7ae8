#include "adapters/postgres/dialect.hpp"
#include "tests/adapters/postgres/support.hpp"
#include "tests/contract/entity_samples.hpp"

#include <array>
#include <latch>

using namespace mb;
using namespace mb::postgres::testing;
using mb::entities::cell;

TEST_CASE("of four programs that start together one migrates, and all of them serve", "[postgres][race]")
{
    for (int round = 0; round < 5; ++round) {
        database const here(postgres_testing::content::empty);
        std::latch ready(4);
        std::array<std::optional<outcome<void>>, 4> ends;
        std::array<std::thread, 4> threads;
        for (std::size_t which = 0; which < threads.size(); ++which)
            threads[which] = std::thread([&, which] {
                auto const opened = postgres::postgres_store::open(options_for(here.url()), seals());
                ready.arrive_and_wait();
                ends[which] = opened ? (*opened)->migrate(contract::start) : outcome<void>{opened.error()};
            });
        for (auto& each : threads) each.join();
        for (auto& each : ends) must(*std::move(each));
        must(store_at(here.url())->require_current_schema());
    }
}

TEST_CASE("a schema that is empty, newer or altered is refused with the command that helps", "[postgres]")
{
    database const here(postgres_testing::content::empty);
    auto const store = store_at(here.url());
    auto const expect = [&](sql::schema_state state) {
        CHECK(must(store->schema_status()).state == state);
        auto const refused = store->require_current_schema();
        CHECK(failure(refused) == errc::corrupt);
        CHECK(refused.error().detail.find("metabuilder-admin migrate") != std::string::npos);
    };
    expect(sql::schema_state::empty);
    must(store->migrate(contract::start));
    must(store->migrate(contract::start));
    must(store->require_current_schema());
    here.ask("INSERT INTO mb_meta.schema_migrations SELECT max(version) + 1, 'later', 'x', now() FROM mb_meta.schema_migrations");
    expect(sql::schema_state::newer);
    CHECK(failure(store->migrate(contract::start)) == errc::corrupt);
    here.ask("DELETE FROM mb_meta.schema_migrations WHERE name = 'later'; UPDATE mb_meta.schema_migrations SET checksum = 'x' WHERE version = 1");
    expect(sql::schema_state::altered);
}

TEST_CASE("a migration that fails leaves nothing behind", "[postgres]")
{
    database const here(postgres_testing::content::empty);
    auto const store = store_at(here.url());
    here.ask("CREATE SCHEMA mb_meta; CREATE TABLE mb_meta.outbox (id int)");
    CHECK_FALSE(store->migrate(contract::start));
    CHECK(here.ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'mb_meta'") == "1\n");
    here.ask("DROP TABLE mb_meta.outbox");
    must(store->migrate(contract::start));
}

TEST_CASE("the audit trail has a partition for this month and three to come, and keeps what finds none", "[postgres]")
{
    database const here;
    auto const store = store_at(here.url());
    auto const partitions = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'mb_meta.audit_logs'::regclass";
    CHECK(here.ask(partitions) == "5\n");
    must(store->prepare_partitions());
    CHECK(here.ask(partitions) == "5\n");

    auto now = contract::bare_event(1);
    now.at = std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
    auto old = contract::bare_event(2);
    must(store->transact([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.audit().append(now));
        return tx.audit().append(old);
    }));
    CHECK(here.ask("SELECT count(*) FROM mb_meta.audit_logs_default") == "1\n");
    auto const newest = must(ports::read(*store, [](ports::transaction& tx) { return tx.audit().newest(5); }));
    REQUIRE(newest.size() == 2);
    CHECK((newest[0].id == now.id));

    // a month that already has rows outside of a partition stays as it is
    here.ask("DROP TABLE mb_meta.audit_logs_" + here.ask("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')").substr(0, 7));
    must(store->transact([&](ports::transaction& tx) { return tx.audit().append(now); }));
    must(store->prepare_partitions());
    CHECK(here.ask("SELECT count(*) FROM mb_meta.audit_logs_default") == "2\n");
}

TEST_CASE("a server's role changes rows, adds to the audit trail, and alters tables only by way of an entity", "[postgres]")
{
    database const here;
    auto const role = here.name() + "_app";
    must(store_at(here.url())->set_up_roles());
    must(store_at(here.url())->set_up_roles());
    here.ask("CREATE ROLE " + role + " LOGIN INHERIT; GRANT mb_app, mb_audit TO " + role);
    auto const url = postgres_testing::url_of(here.name(), role);
    {
        auto const store = store_at(url);
        must(store->migrate(contract::start));
        must(insert(*store, 1));
        auto things = contract::entity(100, "things", {contract::field(101, "x", shape::kind::integer)});
        contract::define(*store, things);
        contract::insert(*store, things, contract::record_of(1, {cell{std::int64_t{1}}}));
        auto const added = contract::field(102, "y", shape::kind::text);
        things.fields.push_back(added);
        must(store->transact([&](ports::transaction& tx) -> outcome<void> {
            MB_CHECK(tx.entities().save(things));
            return tx.entities().alter(things, {entities::add_column{added}});
        }));
        must(store->transact([](ports::transaction& tx) { return tx.audit().append(contract::bare_event(1)); }));
        CHECK(contract::find(*store, things, contract::nth<entities::record_id>(1)).has_value());
        must(store->prepare_partitions());
    }
    for (auto const* forbidden : {"DELETE FROM mb_meta.audit_logs", "UPDATE mb_meta.audit_logs SET details = ''", "TRUNCATE mb_meta.audit_logs",
                                  "DELETE FROM mb_meta.audit_logs_default", "DELETE FROM mb_meta.login_attempts", "CREATE TABLE mb_data.x (i int)",
                                  "ALTER TABLE mb_meta.users ADD x int", "DROP TABLE mb_data.e_100", "DELETE FROM mb_meta.schema_migrations"}) {
        INFO(forbidden);
        auto const told = postgres_testing::try_to(url, forbidden);
        CHECK((told.find("permission denied") != told.npos || told.find("must be owner") != told.npos));
    }
    here.ask("DROP OWNED BY " + role + "; DROP ROLE " + role);
}

TEST_CASE("a role that may not change the schema is told who may", "[postgres]")
{
    database const here(postgres_testing::content::empty);
    auto const role = here.name() + "_weak";
    here.ask("CREATE ROLE " + role + " LOGIN");
    {
        auto const refused = store_at(postgres_testing::url_of(here.name(), role))->migrate(contract::start);
        CHECK(failure(refused) == errc::corrupt);
        CHECK(refused.error().detail.find("metabuilder-admin migrate up") != std::string::npos);
    }
    here.ask("DROP ROLE " + role);
}

TEST_CASE("the integrity check finds what is missing and what is left over", "[postgres]")
{
    database const here;
    auto const store = store_at(here.url());
    auto const things = contract::every_type();
    contract::define(*store, things);
    must(store->integrity_check());
    here.ask("CREATE TABLE mb_data.e_999 (id uuid); ALTER TABLE mb_data.e_" + std::to_string(things.number) + " DROP COLUMN f_"
             + std::to_string(things.fields[0].number));
    auto const found = store->integrity_check();
    CHECK(failure(found) == errc::corrupt);
    CHECK(found.error().detail.find("mb_data.e_999 belongs to no entity") != std::string::npos);
    CHECK(found.error().detail.find("f_" + std::to_string(things.fields[0].number)) != std::string::npos);
}
