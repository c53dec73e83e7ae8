#include "adapters/runtime/rate_limiter.hpp"

#include "adapters/runtime/siphash.hpp"
#include "tests/fakes/randomness.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace mb;
using namespace mb::runtime;
using namespace std::chrono_literals;

namespace {

constexpr rate ten_a_minute{10, 1min};
constexpr duration start = 1h;

int allowed_at(rate_limiter& limiter, std::string_view key, rate const& allowed, duration now, int tries)
{
    int count = 0;
    for (int i = 0; i < tries; ++i) count += limiter.take(key, 1, allowed, now).answer == verdict::allowed;
    return count;
}

}  // namespace

TEST_CASE("SipHash-2-4 gives the published vectors", "[runtime][siphash]")
{
    std::array<std::uint64_t, 2> const key{0x0706050403020100u, 0x0f0e0d0c0b0a0908u};
    std::string message;
    for (char c = 0; c < 15; ++c) message += c;
    CHECK(siphash(key, "") == 0x726fdb47dd0e0e31u);
    CHECK(siphash(key, message.substr(0, 8)) == 0x93f5f5799a932462u);
    CHECK(siphash(key, message) == 0xa129ca6149be45e5u);
}

TEST_CASE("a burst of n is allowed at once and request n + 1 is refused", "[runtime][rate]")
{
    duration arrival{};
    for (int i = 1; i <= 10; ++i) {
        auto const step = decide_rate(arrival, 1, ten_a_minute, start);
        CHECK(step.decision == rate_decision{verdict::allowed, 10 - i, 0s, i * 6s});
        arrival = step.arrival;
    }
    auto const refused = decide_rate(arrival, 1, ten_a_minute, start);
    CHECK(refused.decision == rate_decision{verdict::refused, 0, 6s, 1min});
    CHECK(refused.arrival == arrival);

    SECTION("one microsecond before retry_after it is refused, at retry_after allowed")
    {
        CHECK(decide_rate(arrival, 1, ten_a_minute, start + 6s - 1us).decision == rate_decision{verdict::refused, 0, 1us, 54s + 1us});
        CHECK(decide_rate(arrival, 1, ten_a_minute, start + 6s).decision == rate_decision{verdict::allowed, 0, 0s, 1min});
    }
    SECTION("after reset the whole burst is back, one microsecond earlier it lacks one")
    {
        CHECK(decide_rate(arrival, 10, ten_a_minute, start + 1min).decision.answer == verdict::allowed);
        CHECK(decide_rate(arrival, 10, ten_a_minute, start + 1min - 1us).decision.answer == verdict::refused);
        CHECK(decide_rate(arrival, 9, ten_a_minute, start + 1min - 1us).decision.answer == verdict::allowed);
    }
}

TEST_CASE("a cost above the burst counts as the burst", "[runtime][rate]")
{
    CHECK(decide_rate(0s, 80, ten_a_minute, start).decision == rate_decision{verdict::allowed, 0, 0s, 1min});
    CHECK(decide_rate(start, 80, ten_a_minute, start).decision.answer == verdict::allowed);
    CHECK(decide_rate(start + 1us, 80, ten_a_minute, start).decision == rate_decision{verdict::refused, 9, 1us, 1us});
}

TEST_CASE("a period that the burst does not divide still allows the burst", "[runtime][rate]")
{
    fakes::fixed_randomness const random;
    rate_limiter limiter(random);
    CHECK(allowed_at(limiter, "a", {7, 1min}, start, 8) == 7);
    CHECK(allowed_at(limiter, "b", {1, 1us}, start, 2) == 1);
}

TEST_CASE("keys do not disturb one another", "[runtime][rate]")
{
    fakes::fixed_randomness const random;
    rate_limiter limiter(random);
    CHECK(allowed_at(limiter, "login:10.0.0.1", ten_a_minute, start, 12) == 10);
    CHECK(allowed_at(limiter, "login:10.0.0.2", ten_a_minute, start, 12) == 10);
    CHECK(limiter.size() == 2);
}

TEST_CASE("each refusal doubles the cost up to eight, and a quiet minute halves it", "[runtime][rate]")
{
    fakes::fixed_randomness const random;
    rate_limiter limiter(random);
    constexpr rate eighty{80, 80s};
    auto const penalised = [&](int times, duration now) {
        for (int i = 0; i < times; ++i) limiter.penalise("k", now);
    };
    auto const cost_at = [&](duration now) { return 80 - limiter.take("k", 1, eighty, now).remaining; };
    auto now = start;
    CHECK(cost_at(now) == 1);
    for (auto const& [times, cost] : {std::pair{1, 2}, {2, 4}, {3, 8}, {4, 8}, {100, 8}}) {
        now += 1h;  // the allowance is whole again, and the penalty of before has gone
        penalised(times, now);
        CHECK(cost_at(now) == cost);
    }
    for (auto const& [later, cost] : {std::pair<duration, int>{1min - 1us, 8}, {1min, 4}, {2min - 1us, 4}, {2min, 2}, {3min - 1us, 2}, {3min, 1}}) {
        now += 1h;
        penalised(3, now);
        CHECK(cost_at(now + later) == cost);
    }
}

TEST_CASE("the table stays within its bound, and a flood does not free a key that is being held back", "[runtime][rate]")
{
    fakes::fixed_randomness const random;
    rate_limiter limiter(random, 16 * 64);
    limiter.penalise("guesser", start);
    CHECK(allowed_at(limiter, "guesser", ten_a_minute, start, 20) == 5);
    for (int i = 0; i < 20'000; ++i) {
        auto const key = "stranger" + std::to_string(i);
        (void)limiter.take(key, 1, ten_a_minute, start + duration{i});
    }
    CHECK(limiter.size() <= 16 * 64);
    CHECK(limiter.take("guesser", 1, ten_a_minute, start + 20ms).answer == verdict::refused);
}

TEST_CASE("parallel requests of one key get the burst between them, never more", "[runtime][rate][race]")
{
    fakes::fixed_randomness const random;
    rate_limiter limiter(random);
    for (int round = 0; round < 200; ++round) {
        auto const key = "k" + std::to_string(round);
        std::atomic<int> allowed{0};
        {
            std::vector<std::jthread> clients;
            for (int c = 0; c < 3; ++c) clients.emplace_back([&] { allowed += allowed_at(limiter, key, ten_a_minute, start, 6); });
        }
        REQUIRE(allowed == 10);
    }
}
