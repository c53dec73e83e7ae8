#include "adapters/postgres/connection.hpp"
#include "tests/adapters/postgres/support.hpp"
#include "tests/contract/entity_samples.hpp"

#include <atomic>
#include <latch>
#include <vector>

using namespace mb;
using namespace mb::postgres::testing;
using namespace std::chrono_literals;
using mb::contract::nth;
using mb::entities::cell;

namespace {

entities::entity_definition unique_things()
{
    auto things = contract::entity(100, "things", {contract::field(101, "x", shape::kind::integer)});
    things.fields[0].is_unique = true;
    return things;
}

}  // namespace

TEST_CASE("a refused row is undone alone, as the first thing of a transaction and later", "[postgres]")
{
    database const here;
    auto const store = store_at(here.url());
    auto const things = unique_things();
    contract::define(*store, things);
    must(store->transact([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.records().insert(things, contract::record_of(1, {cell{std::int64_t{1}}})));
        return {};
    }));
    for (bool const first : {true, false}) {
        auto const number = first ? 10u : 20u;
        must(store->transact([&](ports::transaction& tx) -> outcome<void> {
            if (!first) MB_CHECK(tx.records().insert(things, contract::record_of(number + 1, {{}})));
            MB_TRY(auto const refused, tx.records().insert(things, contract::record_of(number + 2, {cell{std::int64_t{1}}})));
            CHECK((refused.how == ports::record_written::state::duplicate));
            CHECK((refused.field == entities::field_index{0}));
            MB_TRY(auto const again, tx.records().insert(things, contract::record_of(number + 2, {cell{std::int64_t{1}}})));
            CHECK((again.how == ports::record_written::state::duplicate));
            MB_CHECK(tx.records().insert(things, contract::record_of(number + 3, {{}})));
            return {};
        }));
    }
    CHECK(here.ask("SELECT count(*) FROM mb_data.e_100") == "4\n");
}

TEST_CASE("what is put off until the next answer fails the transaction when it fails", "[postgres]")
{
    database const here;
    auto const store = store_at(here.url());
    // a family of nobody: the reference is checked when the row arrives
    auto const orphan = contract::bare_family(1, user_of(1).id);
    CHECK(failure(store->transact([&](ports::transaction& tx) { return tx.families().save(orphan); })) == errc::unexpected);
    CHECK(failure(store->transact([&](ports::transaction& tx) -> outcome<void> {
              (void)tx.families().save(orphan);
              return tx.users().insert(user_of(2));
          }))
          == errc::unexpected);
    // nobody looks, and nothing is committed
    CHECK(failure(store->transact([&](ports::transaction& tx) -> outcome<void> {
              (void)tx.families().save(orphan);
              (void)tx.users().insert(user_of(2));
              return {};
          }))
          == errc::unexpected);
    CHECK(users_of(*store) == 0);
    must(insert(*store, 1));
    must(store->transact([&](ports::transaction& tx) { return tx.families().save(orphan); }));
}

TEST_CASE("a transaction that the server gave up commits nothing, though the work says that all went well", "[postgres]")
{
    database const here;
    auto const store = store_at(here.url());
    auto const missing = contract::entity(500, "missing", {contract::field(501, "x", shape::kind::integer)});
    auto const ended = store->transact([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.users().insert(user_of(1)));
        (void)tx.records().find(missing, nth<entities::record_id>(1));
        return {};
    });
    CHECK(failure(ended) == errc::conflict);
    CHECK(users_of(*store) == 0);
}

TEST_CASE("a deadlock is resolved by running one of the works again", "[postgres][race]")
{
    database const here;
    here.ask("ALTER DATABASE " + here.name() + " SET deadlock_timeout = '20ms'");
    auto const store = store_at(here.url());
    must(insert(*store, 1));
    must(insert(*store, 2));
    for (int round = 0; round < 10; ++round) {
        std::latch both(2);
        std::array<std::optional<outcome<void>>, 2> ends;
        std::array<std::thread, 2> threads;
        for (std::size_t which = 0; which < 2; ++which)
            threads[which] = std::thread([&, which] {
                bool first_try = true;
                ends[which] = store->transact([&](ports::transaction& tx) -> outcome<void> {
                    MB_TRY(auto mine, tx.users().find(user_of(which == 0 ? 1 : 2).id));
                    if (std::exchange(first_try, false)) both.arrive_and_wait();
                    MB_TRY(auto other, tx.users().find(user_of(which == 0 ? 2 : 1).id));
                    ++mine->authz_version;
                    ++other->authz_version;
                    MB_CHECK(tx.users().update(*mine));
                    return tx.users().update(*other);
                });
            });
        for (auto& each : threads) each.join();
        for (auto& each : ends) must(*std::move(each));
    }
    CHECK(here.ask("SELECT sum(authz_version) FROM mb_meta.users") == "42\n");  // each began with one
}

TEST_CASE("two administrators never remove each other", "[postgres][race]")
{
    database const here;
    auto const store = store_at(here.url());
    for (std::uint32_t number : {1u, 2u})
        must(store->transact([&](ports::transaction& tx) {
            auto admin = user_of(number);
            admin.roles = {"admin"};
            return tx.users().insert(admin);
        }));
    for (int round = 0; round < 200; ++round) {
        std::latch both(2);
        std::array<std::thread, 2> threads;
        std::atomic<int> failed{0};
        for (std::uint32_t which = 0; which < 2; ++which)
            threads[which] = std::thread([&, which] {
                both.arrive_and_wait();
                auto const ended = store->transact([&](ports::transaction& tx) -> outcome<void> {
                    MB_TRY(auto self, tx.users().find(user_of(which + 1).id));
                    MB_TRY(auto const left, tx.users().count_active("admin"));
                    if (left < 2) return {};
                    self->roles = {"user"};
                    return tx.users().update(*self);
                });
                failed += !ended;
            });
        for (auto& each : threads) each.join();
        REQUIRE(failed == 0);
        REQUIRE(must(ports::read(*store, [](ports::transaction& tx) { return tx.users().count_active("admin"); })) == 1);
        must(store->transact([&](ports::transaction& tx) -> outcome<void> {
            for (std::uint32_t number : {1u, 2u}) {
                MB_TRY(auto each, tx.users().find(user_of(number).id));
                each->roles = {"admin"};
                MB_CHECK(tx.users().update(*each));
            }
            return {};
        }));
    }
}

TEST_CASE("an entity's table that others use is waited for, not for ever, and nothing of the plan stays", "[postgres]")
{
    database const here;
    auto const store = store_at(here.url());
    auto things = unique_things();
    contract::define(*store, things);
    auto const added = contract::field(102, "y", shape::kind::text);
    auto changed = things;
    changed.fields.push_back(added);
    auto const alter = [&] {
        return store->transact([&](ports::transaction& tx) -> outcome<void> {
            MB_CHECK(tx.entities().save(changed));
            return tx.entities().alter(changed, {entities::add_column{added}});
        });
    };
    auto const hold_for = [&](std::chrono::milliseconds time) {
        std::latch held(1);
        std::thread holder([&, time] {
            auto const on = connect(here);
            on->session().begin(postgres::session::purpose::writing);
            must(on->session().run("SELECT count(*) FROM mb_data.e_100"));
            held.count_down();
            std::this_thread::sleep_for(time);
            on->session().rollback();
            (void)on->session().wire().flush(postgres::channel::clock::now() + 5s);
        });
        held.wait();
        return holder;
    };
    SECTION("long")
    {
        auto holder = hold_for(8s);
        CHECK(failure(alter()) == errc::busy);
        holder.join();
        contract::check_same(must(ports::read(*store, [&](ports::transaction& tx) { return tx.entities().find(things.id); })).value(), things);
        must(alter());
    }
    SECTION("a moment")
    {
        auto holder = hold_for(700ms);
        must(alter());
        holder.join();
    }
}

TEST_CASE("a statement that was prepared for a table that changed since is run again", "[postgres]")
{
    database const here;
    auto const store = store_at(here.url(), 1);
    auto const things = unique_things();
    contract::define(*store, things);
    for (int i = 0; i < 8; ++i)
        must(ports::read(*store, [&](ports::transaction& tx) { return tx.records().find(things, nth<entities::record_id>(1)); }));
    // no program of ours changes a type; an administrator may
    here.ask("ALTER TABLE mb_data.e_100 ALTER f_101 TYPE integer");
    CHECK(failure(ports::read(*store, [&](ports::transaction& tx) { return tx.records().find(things, nth<entities::record_id>(1)); }))
          == errc::conflict);
    must(ports::read(*store, [&](ports::transaction& tx) { return tx.records().find(things, nth<entities::record_id>(1)); }));
    here.ask("ALTER TABLE mb_data.e_100 ALTER f_101 TYPE bigint");
    must(store->transact([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.records().find(things, nth<entities::record_id>(1)));
        return {};
    }));
}
