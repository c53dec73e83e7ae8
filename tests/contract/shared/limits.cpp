#include "tests/contract/shared_memories.hpp"
#include "tests/contract/steps.hpp"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace mb;
using namespace mb::contract;
using limits::verdict;
using namespace std::chrono_literals;

namespace {

constexpr limits::rate five_an_hour{5, 1h};

}  // namespace

TEST_CASE("a burst of n is allowed, and request n + 1 is told how long to wait", "[contract][limits]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    auto& limits = shared->limits();
    for (int i = 1; i <= 5; ++i) {
        auto const decided = must(limits.take("ana", 1, five_an_hour));
        CHECK(decided.answer == verdict::allowed);
        CHECK(decided.remaining == 5 - i);
        CHECK(decided.retry_after == 0s);
        CHECK(decided.reset > (i - 1) * 12min);
        CHECK(decided.reset <= i * 12min);
    }
    for (int again = 0; again < 3; ++again) {
        auto const refused = must(limits.take("ana", 1, five_an_hour));
        CHECK(refused.answer == verdict::refused);
        CHECK(refused.remaining == 0);
        CHECK(refused.retry_after > 11min);
        CHECK(refused.retry_after <= 12min);
        CHECK(refused.reset <= 1h);
    }
}

TEST_CASE("keys of any bytes have allowances of their own", "[contract][limits]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    for (auto const& key :
         {std::string("a"), std::string("a\0", 2), std::string("a\r\n"), std::string(" a"), std::string(4096, 'a'), std::string()}) {
        INFO("a key of " << key.size() << " bytes");
        CHECK(must(shared->limits().take(key, 5, five_an_hour)).answer == verdict::allowed);
        CHECK(must(shared->limits().take(key, 1, five_an_hour)).answer == verdict::refused);
    }
}

TEST_CASE("a dear request takes as much as it costs, at most the burst", "[contract][limits]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    auto& limits = shared->limits();
    CHECK(must(limits.take("three", 3, five_an_hour)).remaining == 2);
    CHECK(must(limits.take("three", 3, five_an_hour)).answer == verdict::refused);
    CHECK(must(limits.take("three", 2, five_an_hour)).answer == verdict::allowed);
    CHECK(must(limits.take("too dear", 6, five_an_hour)) == limits::rate_decision{verdict::allowed, 0, 0s, 1h});
}

TEST_CASE("each refusal doubles what a key's requests cost, up to eightfold", "[contract][limits]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    constexpr limits::rate eighty{80, 80h};
    for (auto const& [times, cost] : {std::pair{0, 1}, {1, 2}, {2, 4}, {3, 8}, {4, 8}, {50, 8}}) {
        auto const key = "guesser " + std::to_string(times);
        for (int i = 0; i < times; ++i) must(shared->limits().penalise(key));
        CHECK(must(shared->limits().take(key, 1, eighty)).remaining == 80 - cost);
    }
    CHECK(must(shared->limits().take("somebody else", 1, eighty)).remaining == 79);
}

TEST_CASE("an allowance comes back with time", "[contract][limits]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    constexpr limits::rate two{2, 400ms};
    CHECK(must(shared->limits().take("ana", 2, two)).answer == verdict::allowed);
    CHECK(must(shared->limits().take("ana", 2, two)).answer == verdict::refused);
    shared->let_pass(200ms);
    CHECK(must(shared->limits().take("ana", 1, two)).answer == verdict::allowed);
    shared->let_pass(400ms);
    CHECK(must(shared->limits().take("ana", 2, two)).answer == verdict::allowed);
}

TEST_CASE("parallel requests of one key get the burst between them, never more", "[contract][limits][race]")
{
    MB_ON_EVERY_SHARED_MEMORY(shared);
    for (int round = 0; round < 200; ++round) {
        auto const key = "k" + std::to_string(round);
        std::atomic<int> allowed{0};
        std::atomic<int> failed{0};
        {
            std::vector<std::jthread> clients;
            for (int c = 0; c < 3; ++c)
                clients.emplace_back([&] {
                    for (int i = 0; i < 3; ++i) {
                        auto const decided = shared->limits().take(key, 1, five_an_hour);
                        if (!decided)
                            ++failed;
                        else if (decided->answer == verdict::allowed)
                            ++allowed;
                    }
                });
        }
        REQUIRE(failed == 0);
        REQUIRE(allowed == 5);
    }
}
