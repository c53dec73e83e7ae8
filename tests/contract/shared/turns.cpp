#include "tests/contract/shared_memories.hpp"
#include "tests/contract/steps.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace mb;
using namespace mb::contract;
using ports::turn_state;
using namespace std::chrono_literals;

TEST_CASE("one has the turn, and the next gets it when it was given back", "[contract][turns]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    auto& turns = shared->turns();
    auto const first = must(turns.take("purge", 1h));
    REQUIRE(first);
    CHECK(first->job == "purge");
    CHECK_FALSE(must(turns.take("purge", 1h)));
    CHECK(must(turns.take("mail", 1h)));
    must(turns.give_back(*first));
    auto const second = must(turns.take("purge", 1h));
    REQUIRE(second);
    CHECK(second->id != first->id);
}

TEST_CASE("a turn ends by itself, and renewing keeps it", "[contract][turns]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    auto& turns = shared->turns();
    auto const held = must(turns.take("mail", 50ms));
    REQUIRE(held);
    CHECK(must(turns.renew(*held, 1h)) == turn_state::held);
    shared->let_pass(60ms);
    CHECK_FALSE(must(turns.take("mail", 1h)));
    CHECK(must(turns.renew(*held, 50ms)) == turn_state::held);
    shared->let_pass(50ms);
    CHECK(must(turns.renew(*held, 1h)) == turn_state::lost);
    CHECK(must(turns.take("mail", 1h)));
}

TEST_CASE("a turn that has ended neither renews nor ends the next one", "[contract][turns]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    auto& turns = shared->turns();
    auto const old = must(turns.take("mail", 20ms));
    shared->let_pass(20ms);
    auto const next = must(turns.take("mail", 1h));
    REQUIRE(old);
    REQUIRE(next);
    CHECK(must(turns.renew(*old, 1h)) == turn_state::lost);
    must(turns.give_back(*old));
    CHECK_FALSE(must(turns.take("mail", 1h)));
    CHECK(must(turns.renew(*next, 1h)) == turn_state::held);
    must(turns.give_back(*next));
    must(turns.give_back(*next));
    CHECK(must(turns.renew(*next, 1h)) == turn_state::lost);
}

TEST_CASE("of many who want a turn at once, one gets it", "[contract][turns][race]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    for (int round = 0; round < 200; ++round) {
        auto const job = "job" + std::to_string(round);
        std::atomic<int> taken{0};
        std::atomic<int> failed{0};
        {
            std::vector<std::jthread> servers;
            for (int c = 0; c < 4; ++c)
                servers.emplace_back([&] {
                    auto const got = shared->turns().take(job, 1h);
                    if (!got)
                        ++failed;
                    else if (*got)
                        ++taken;
                });
        }
        REQUIRE(failed == 0);
        REQUIRE(taken == 1);
    }
}
