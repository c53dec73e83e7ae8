#include "adapters/memory/database/memory_store.hpp"
#include "tests/contract/samples.hpp"
#include "tests/contract/steps.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/outage_store.hpp"
#include "tests/fakes/plain_cryptography.hpp"
#include "tests/fakes/randomness.hpp"
#include "tests/fakes/recording_mailer.hpp"

using namespace mb;
using namespace mb::contract;
using stage = fakes::outage_store::stage;

namespace {

bool holds(ports::store& store, std::uint32_t number)
{
    return look(store, [&](ports::transaction& tx) { return tx.users().find(bare_user(number).id); }).has_value();
}

}  // namespace

TEST_CASE("a manual clock stands still until it is told otherwise", "[fakes][clock]")
{
    fakes::manual_clock clock{start};
    CHECK((clock.now() == start));
    clock.advance(5s);
    CHECK((clock.now() == start + 5s));
    CHECK((clock.ticks() == 5s));
    clock.set(start - 1h);
    CHECK((clock.now() == start - 1h));
    CHECK((clock.ticks() == 5s));  // ticks never go back
}

TEST_CASE("counted draws repeat from run to run and order identities of one instant", "[fakes][randomness]")
{
    fakes::counting_randomness const one;
    fakes::counting_randomness const same;
    auto const first = ports::new_id<identity::user_id>(one, start);
    auto const second = ports::new_id<identity::user_id>(one, start);
    CHECK((first < second));
    CHECK((first == ports::new_id<identity::user_id>(same, start)));
    fakes::fixed_randomness const fixed{7};
    CHECK(ports::new_secret(fixed, 3).reveal() == "\7\7\7");
}

TEST_CASE("an outage strikes the next transaction at its stage, once", "[fakes][outage]")
{
    memory::memory_store behind;
    fakes::outage_store store{behind};
    int runs = 0;
    auto const insert = [&](std::uint32_t number) {
        return store.transact([&](ports::transaction& tx) {
            ++runs;
            return tx.users().insert(bare_user(number));
        });
    };

    SECTION("at the beginning: the work doesn't run")
    {
        store.fail_next(stage::begin, errc::unavailable);
        CHECK(failure(insert(1)) == errc::unavailable);
        CHECK(runs == 0);
    }
    SECTION("at the commit: the work ran in vain")
    {
        store.fail_next(stage::commit, errc::busy);
        CHECK(failure(insert(1)) == errc::busy);
        CHECK(runs == 1);
        CHECK_FALSE(holds(behind, 1));
    }
    SECTION("at the commit of work that fails by itself: that error is the answer")
    {
        must(insert(1));
        store.fail_next(stage::commit, errc::busy);
        CHECK(failure(insert(1)) == errc::duplicate);
    }
    SECTION("at the answer: the work is committed all the same")
    {
        store.fail_next(stage::answer, errc::outcome_unknown);
        CHECK(failure(insert(1)) == errc::outcome_unknown);
        CHECK(holds(behind, 1));
    }
    SECTION("when reading: writing goes on")
    {
        store.fail_next_read(errc::unavailable);
        must(insert(3));
        CHECK(failure(store.read([](ports::transaction&) -> outcome<void> { return {}; })) == errc::unavailable);
        CHECK(holds(store, 3));
    }
    must(insert(2));
    CHECK(holds(store, 2));
}

TEST_CASE("work that meets conflicts runs again, three times at most", "[fakes][outage]")
{
    memory::memory_store behind;
    fakes::outage_store store{behind};
    int runs = 0;
    auto const insert = [&] {
        return store.transact([&](ports::transaction& tx) {
            ++runs;
            return tx.users().insert(bare_user(1));
        });
    };
    store.conflict_next(2);
    must(insert());
    CHECK(runs == 3);
    CHECK(holds(store, 1));

    runs = 0;
    store.conflict_next(3);
    auto const lost = store.transact([&](ports::transaction& tx) {
        ++runs;
        return tx.users().insert(bare_user(2));
    });
    CHECK(failure(lost) == errc::conflict);
    CHECK(runs == 3);
    CHECK_FALSE(holds(store, 2));
}

TEST_CASE("a recording mailer keeps what it delivers and fails when told to", "[fakes][mailer]")
{
    fakes::recording_mailer mailer;
    mailer.fail_next(errc::unavailable);
    CHECK(failure(mailer.deliver(mail(1))) == errc::unavailable);
    CHECK(mailer.delivered().empty());
    must(mailer.deliver(mail(2)));
    must(mailer.deliver(mail(3)));
    auto const kept = mailer.delivered();
    REQUIRE(kept.size() == 2);
    check_same(kept[0], mail(2));
    check_same(kept[1], mail(3));
}

TEST_CASE("a quick hasher counts its work and knows its decoy", "[fakes][password_hasher]")
{
    fakes::quick_hasher const hasher;
    auto const stored = must(hasher.hash(secret{std::string_view("x")}));
    must(hasher.verify(secret{std::string_view("x")}, stored));
    CHECK(hasher.hashes() == 1);
    CHECK(hasher.verifications() == 1);
    CHECK_FALSE(hasher.verified_decoy_last());
    must(hasher.verify(secret{std::string_view("x")}, hasher.decoy()));
    CHECK(hasher.verified_decoy_last());
}

TEST_CASE("a lenient judge finds what it is told and remembers the context", "[fakes][password_judge]")
{
    fakes::lenient_judge judge;
    std::vector<std::string> const context{"ana@example.org", "ana"};
    CHECK(judge.estimate(secret{std::string_view("x")}, context).score == 4);
    CHECK(judge.last_context() == context);
    judge.find({1, true});
    auto const found = judge.estimate(secret{std::string_view("x")}, {});
    CHECK(found.score == 1);
    CHECK(found.block_listed);
    CHECK(judge.last_context().empty());
}
