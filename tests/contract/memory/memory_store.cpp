#include "adapters/memory/database/memory_store.hpp"

#include "adapters/memory/database/table.hpp"
#include "tests/contract/samples.hpp"
#include "tests/contract/steps.hpp"

#include <map>
#include <new>
#include <optional>
#include <random>

using namespace mb;
using namespace mb::contract;

TEST_CASE("a transaction inside a transaction is refused instead of waiting for itself", "[memory]")
{
    memory::memory_store store;
    write(store, [&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.users().insert(bare_user(1)));
        CHECK(failure(store.transact([](ports::transaction&) -> outcome<void> { return {}; })) == errc::unexpected);
        return {};
    });
    CHECK(look(store, [](ports::transaction& tx) { return tx.users().find(bare_user(1).id); }));
}

TEST_CASE("a reader goes on seeing its snapshot after a writer has committed, and neither waits", "[memory]")
{
    memory::memory_store store;
    must(store.read([&](ports::transaction& seen) -> outcome<void> {
        write(store, [](ports::transaction& tx) { return tx.users().insert(bare_user(1)); });
        MB_TRY(auto const before, seen.users().find(bare_user(1).id));
        CHECK_FALSE(before);
        CHECK(look(store, [](ports::transaction& tx) { return tx.users().find(bare_user(1).id); }));
        return {};
    }));
}

TEST_CASE("an exception of the work leaves everything as it was, and the store usable", "[memory]")
{
    memory::memory_store store;
    CHECK_THROWS_AS(store.transact([](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.users().insert(bare_user(1)));
        throw std::bad_alloc{};
    }),
                    std::bad_alloc);
    CHECK_FALSE(look(store, [](ports::transaction& tx) { return tx.users().find(bare_user(1).id); }));
    write(store, [](ports::transaction& tx) { return tx.users().insert(bare_user(1)); });
}

TEST_CASE("a table holds what an ordered map holds, through ten thousand random changes, and its copies don't change", "[memory]")
{
    memory::table<int, int> table;
    std::map<int, int> wanted;
    memory::table<int, int> copy;
    std::map<int, int> copied;
    std::mt19937 random(7);  // fixed: the same run every time
    auto const rows = [](memory::table<int, int> const& of) {
        std::map<int, int> all;
        of.ascending([&](int key, int row) {
            all.emplace(key, row);
            return true;
        });
        return all;
    };
    for (int change = 0; change < 10'000; ++change) {
        int const key = static_cast<int>(random() % 500);
        if (random() % 3 == 0) {
            table.erase(key);
            wanted.erase(key);
        } else {
            table.put(key, change);
            wanted[key] = change;
        }
        if (change == 5'000) {
            copy = table;
            copied = wanted;
        }
        if (change % 500 == 0) REQUIRE(rows(table) == wanted);
        REQUIRE(table.size() == wanted.size());
    }
    CHECK(rows(table) == wanted);
    CHECK(rows(copy) == copied);

    for (int bound = -1; bound <= 500; ++bound) {
        int above = -1;
        table.ascending(
            [&](int key, int) {
                above = key;
                return false;
            },
            std::optional(bound));
        auto const next = wanted.upper_bound(bound);
        REQUIRE(above == (next == wanted.end() ? -1 : next->first));
        int below = -1;
        table.descending(
            [&](int key, int) {
                below = key;
                return false;
            },
            std::optional(bound));
        auto const at = wanted.lower_bound(bound);
        REQUIRE(below == (at == wanted.begin() ? -1 : std::prev(at)->first));
    }
}
