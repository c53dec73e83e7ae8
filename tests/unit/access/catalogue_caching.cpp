#include "tests/unit/access/together.hpp"
#include "tests/unit/access/world.hpp"

#include <atomic>

using namespace mb;
using namespace mb::testing;

namespace {

struct defining : world {
    entities::entity_definition define(std::string const& name)
    {
        entities::entity_definition made;
        made.id = ports::new_id<entities::entity_id>(random, clock.now());
        made.name = identifier::restore(name);
        REQUIRE(memory.transact([&](ports::transaction& tx) -> outcome<void> {
            MB_TRY(made.number, tx.entities().next_number());
            MB_CHECK(tx.entities().save(made));
            return tx.catalogue().advance();
        }));
        return made;
    }
};

}  // namespace

TEST_CASE_METHOD(world, "a cache that has loaded nothing is empty and older than any revision")
{
    usecases::catalogue_cache const cache{store, patterns, clock};
    REQUIRE(cache.current() != nullptr);
    CHECK(cache.current()->revision == -1);
    CHECK(cache.current()->roles.empty());
    CHECK(cache.current()->keys.active() == nullptr);
    auto const loaded = cache.at_least(0);
    REQUIRE(loaded);
    CHECK((*loaded)->roles.size() == 4);
    CHECK(cache.current() == *loaded);
}

TEST_CASE_METHOD(defining, "what is new enough is not read again")
{
    auto const known = catalogues.current();
    define("clients");
    CHECK(catalogues.current() == known);
    CHECK(*catalogues.at_least(known->revision) == known);
    auto const newer = catalogues.at_least(known->revision + 1);
    REQUIRE(newer);
    CHECK((*newer)->revision == known->revision + 1);
    CHECK((*newer)->find_entity("clients") != nullptr);
    CHECK(known->find_entity("clients") == nullptr);
}

TEST_CASE_METHOD(defining, "an entity that didn't change isn't compiled again")
{
    auto clients = define("clients");
    REQUIRE(catalogues.refresh());
    auto const compiled = catalogues.current()->find_entity("clients");
    define("orders");
    REQUIRE(catalogues.refresh());
    CHECK(catalogues.current()->find_entity("clients") == compiled);
    clients.display_name = "Clients";
    ++clients.revision;
    REQUIRE(memory.transact([&](ports::transaction& tx) { return tx.entities().save(clients); }));
    REQUIRE(catalogues.refresh());
    CHECK(catalogues.current()->find_entity("clients") != compiled);
    CHECK(catalogues.current()->find_entity("clients")->definition.display_name == "Clients");
}

TEST_CASE_METHOD(world, "a failed read keeps what was known")
{
    auto const known = catalogues.current();
    store.fail_next_read(errc::unavailable);
    CHECK_FALSE(catalogues.refresh());
    CHECK(catalogues.current() == known);
}

TEST_CASE_METHOD(world, "two caches on one thread don't see each other's catalogue")
{
    memory::memory_store empty;
    usecases::catalogue_cache const other{empty, patterns, clock};
    REQUIRE(other.refresh());
    for (int i = 0; i < 3; ++i) {
        CHECK(other.current()->roles.empty());
        CHECK(catalogues.current()->roles.size() == 4);
    }
}

TEST_CASE_METHOD(world, "every thread sees a revision that it asked for, whoever loads it")
{
    std::atomic<int> stale = 0;
    for (int round = 0; round < 200; ++round) {
        REQUIRE(memory.transact([](ports::transaction& tx) { return tx.catalogue().advance(); }));
        auto const wanted = catalogues.current()->revision + 1;
        together(4, [&](int) {
            auto const seen = catalogues.at_least(wanted);
            if (!seen || (*seen)->revision < wanted || catalogues.current()->revision < wanted) ++stale;
        });
    }
    CHECK(stale == 0);
}
