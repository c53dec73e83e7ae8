#include "tests/contract/entity_samples.hpp"
#include "tests/contract/steps.hpp"
#include "tests/contract/stores.hpp"

#include <array>
#include <latch>
#include <thread>

using namespace mb;
using namespace mb::contract;
using mb::entities::cell;

namespace {

constexpr std::uint32_t rounds = 200;  // a missing lock failed only 8 of 20 single runs (architecture.md section 4)

/// Runs `entrant(0)` and `entrant(1)` at the same moment, each in a thread of its own.
template <class Entrant>
void race(Entrant entrant)
{
    std::latch ready(2);
    std::array<std::thread, 2> threads;
    for (std::size_t which = 0; which < threads.size(); ++which)
        threads[which] = std::thread([&, which] {
            ready.arrive_and_wait();
            entrant(which);
        });
    for (auto& each : threads) each.join();
}

}  // namespace

TEST_CASE("of two refreshes at once one is granted and one is concurrent, and the family lives", "[contract][race]")
{
    MB_ON_EVERY_STORE(store);
    write(store, [](ports::transaction& tx) { return tx.users().insert(full_user(1)); });
    using decision = std::variant<tokens::refresh_granted, tokens::refresh_refusal>;

    for (std::uint32_t round = 1; round <= rounds; ++round) {
        auto const seeded = bare_family(round, full_user(1).id);
        write(store, [&](ports::transaction& tx) { return tx.families().save(seeded); });
        auto const next = [&](std::size_t which) { return nth<tokens::token_id>(1'000'000 + round * 10 + static_cast<std::uint32_t>(which)); };

        std::array<std::optional<outcome<decision>>, 2> answers;
        race([&](std::size_t which) {
            answers[which] = ports::transact(store, [&](ports::transaction& tx) -> outcome<decision> {
                MB_TRY(auto const held, tx.families().find(seeded.id));
                auto const decided = tokens::decide_refresh(*held, {seeded.current_jti, start, start + tick}, next(which), next(which), "kid", {});
                if (auto const* granted = std::get_if<tokens::refresh_granted>(&decided)) MB_CHECK(tx.families().save(granted->rotated));
                return decided;
            });
        });

        INFO("round " << round);
        auto const first = must(*answers[0]);
        auto const second = must(*answers[1]);
        std::size_t const winner = std::holds_alternative<tokens::refresh_granted>(first) ? 0 : 1;
        auto const* won = std::get_if<tokens::refresh_granted>(winner == 0 ? &first : &second);
        auto const* lost = std::get_if<tokens::refresh_refusal>(winner == 0 ? &second : &first);
        REQUIRE(won != nullptr);
        REQUIRE(lost != nullptr);
        REQUIRE((*lost == tokens::refresh_refusal::concurrent));
        auto const held = look(store, [&](ports::transaction& tx) { return tx.families().find(seeded.id); });
        REQUIRE((held->current_jti == next(winner)));
        REQUIRE_FALSE(held->revoked_at);
    }
}

TEST_CASE("of two users with one address one is inserted and one is a duplicate", "[contract][race]")
{
    MB_ON_EVERY_STORE(store);
    for (std::uint32_t round = 1; round <= rounds; ++round) {
        std::array<identity::user, 2> const users = [&] {
            std::array made{full_user(round * 2), full_user(round * 2 + 1)};
            made[1].address = made[0].address;
            return made;
        }();
        std::array<outcome<void>, 2> answers;
        race([&](std::size_t which) { answers[which] = store.transact([&](ports::transaction& tx) { return tx.users().insert(users[which]); }); });

        INFO("round " << round);
        REQUIRE(answers[0].has_value() != answers[1].has_value());
        std::size_t const winner = answers[0].has_value() ? 0 : 1;
        REQUIRE(failure(answers[1 - winner]) == errc::duplicate);
        auto const held = look(store, [&](ports::transaction& tx) { return tx.users().find(users[0].address); });
        REQUIRE((held->id == users[winner].id));
        REQUIRE_FALSE(look(store, [&](ports::transaction& tx) { return tx.users().find(users[1 - winner].id); }));
    }
}

TEST_CASE("of two updates of one version of a record one is written", "[contract][race]")
{
    MB_ON_EVERY_STORE(store);
    auto const things = entity(100, "things", {field(101, "x", shape::kind::integer)});
    define(store, things);
    insert(store, things, record_of(1, {{}}));
    using state = ports::record_written::state;

    for (std::int64_t version = 1; version <= rounds; ++version) {
        std::array<std::optional<outcome<ports::record_written>>, 2> answers;
        auto const value = [&](std::size_t which) { return cell{version * 2 + static_cast<std::int64_t>(which)}; };
        race([&](std::size_t which) {
            auto changed = record_of(1, {value(which)});
            changed.version = version + 1;
            answers[which] = ports::transact(store, [&](ports::transaction& tx) { return tx.records().update(things, changed, version); });
        });

        INFO("version " << version);
        std::array const ends{must(*answers[0]).how, must(*answers[1]).how};
        std::size_t const winner = ends[0] == state::written ? 0 : 1;
        REQUIRE((ends[winner] == state::written));
        REQUIRE((ends[1 - winner] == state::version_differs));
        auto const held = find(store, things, nth<entities::record_id>(1)).value();
        REQUIRE(held.version == version + 1);
        REQUIRE((held.cells[0] == value(winner)));
    }
}

TEST_CASE("of two records with one unique value one is written and one is told which field", "[contract][race]")
{
    MB_ON_EVERY_STORE(store);
    auto things = entity(100, "things", {field(101, "x", shape::kind::integer)});
    things.fields[0].is_unique = true;
    define(store, things);
    using state = ports::record_written::state;

    for (std::uint32_t round = 1; round <= rounds; ++round) {
        std::array<std::optional<outcome<ports::record_written>>, 2> answers;
        race([&](std::size_t which) {
            auto const added = record_of(round * 2 + static_cast<std::uint32_t>(which), {cell{std::int64_t{round}}});
            answers[which] = ports::transact(store, [&](ports::transaction& tx) { return tx.records().insert(things, added); });
        });

        INFO("round " << round);
        std::array const ends{must(*answers[0]), must(*answers[1])};
        std::size_t const winner = ends[0].how == state::written ? 0 : 1;
        REQUIRE((ends[winner].how == state::written));
        REQUIRE((ends[1 - winner].how == state::duplicate));
        REQUIRE((ends[1 - winner].field == entities::field_index{0}));
    }
    CHECK(look(store, [&](ports::transaction& tx) { return tx.records().count(things, {}, 10'000); }) == rounds);
}

TEST_CASE("eight threads that count failures lose none", "[contract][race]")
{
    MB_ON_EVERY_STORE(store);
    constexpr std::size_t threads = 8;
    constexpr int guesses = 25;
    identity::lockout_policy policy;
    policy.failures_max = 1'000;
    policy.in_a_row_max = 1'000;

    std::latch ready(threads);
    std::array<int, threads> failed{};
    std::vector<std::thread> guessing;
    for (std::size_t which = 0; which < threads; ++which)
        guessing.emplace_back([&, which] {
            ready.arrive_and_wait();
            for (int guess = 0; guess < guesses; ++guess) {
                auto const counted = store.transact([&](ports::transaction& tx) -> outcome<void> {
                    MB_TRY(auto const held, tx.lockouts().find("pseudonym", "device"));
                    auto const decided =
                        identity::decide_attempt(held.value_or(identity::lockout_counter{"pseudonym", "device", 0, {}, start + 1h}), policy, start);
                    return tx.lockouts().save(std::get<identity::attempt_admitted>(decided).counted);
                });
                failed[which] += !counted.has_value();
            }
        });
    for (auto& each : guessing) each.join();

    for (auto const count : failed) CHECK(count == 0);
    auto const held = look(store, [](ports::transaction& tx) { return tx.lockouts().find("pseudonym", "device"); });
    CHECK(held.value().failures == static_cast<int>(threads) * guesses);
}
