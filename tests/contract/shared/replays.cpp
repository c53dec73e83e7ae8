#include "tests/contract/shared_memories.hpp"
#include "tests/contract/steps.hpp"

#include <atomic>
#include <thread>
#include <vector>

using namespace mb;
using namespace mb::contract;
using ports::spending;
using namespace std::chrono_literals;

namespace {

identity::digest thing(int number)
{
    identity::digest made{};
    made[0] = static_cast<std::uint8_t>(number);
    made[1] = static_cast<std::uint8_t>(number >> 8);
    return made;
}

}  // namespace

TEST_CASE("a thing is fresh once", "[contract][replay]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    auto& replays = shared->replays();
    CHECK(must(replays.spend_once("proof", thing(1), 100ms)) == spending::fresh);
    CHECK(must(replays.spend_once("proof", thing(1), 100ms)) == spending::spent);
    CHECK(must(replays.spend_once("proof", thing(2), 100ms)) == spending::fresh);
    CHECK(must(replays.spend_once("challenge", thing(1), 100ms)) == spending::fresh);
}

TEST_CASE("what was spent is forgotten after its time, and not extended by tries", "[contract][replay]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    auto& replays = shared->replays();
    CHECK(must(replays.spend_once("proof", thing(1), 100ms)) == spending::fresh);
    for (int i = 0; i < 5; ++i) CHECK(must(replays.spend_once("proof", thing(1), 100ms)) == spending::spent);
    shared->let_pass(100ms);
    CHECK(must(replays.spend_once("proof", thing(1), 100ms)) == spending::fresh);
}

TEST_CASE("of many who spend one thing at once, one finds it fresh", "[contract][replay][race]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    constexpr auto life = 1s;  // longer than a round takes, on a busy machine too
    shared->let_pass(life);    // and so long the memory has to be there to be believed
    for (int round = 0; round < 200; ++round) {
        std::atomic<int> fresh{0};
        std::atomic<int> failed{0};
        {
            std::vector<std::jthread> clients;
            for (int c = 0; c < 4; ++c)
                clients.emplace_back([&] {
                    auto const said = shared->replays().spend_once("race", thing(round), life);
                    if (!said)
                        ++failed;
                    else if (*said == spending::fresh)
                        ++fresh;
                });
        }
        REQUIRE(failed == 0);
        REQUIRE(fresh == 1);
    }
}
