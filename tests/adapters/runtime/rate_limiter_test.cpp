#include "adapters/runtime/rate_limiter.hpp"

#include "adapters/runtime/siphash.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/randomness.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace mb;
using namespace mb::limits;
using namespace mb::runtime;
using namespace std::chrono_literals;

namespace {

constexpr rate ten_a_minute{10, 1min};

struct limited {
    fakes::manual_clock clock;
    fakes::fixed_randomness random;
};

int allowed_of(rate_limiter& limiter, std::string_view key, rate const& allowed, int tries)
{
    int count = 0;
    for (int i = 0; i < tries; ++i) count += limiter.take(key, 1, allowed).value().answer == verdict::allowed;
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

TEST_CASE_METHOD(limited, "a period that the burst does not divide still allows the burst", "[runtime][rate]")
{
    rate_limiter limiter(clock, random);
    CHECK(allowed_of(limiter, "a", {7, 1min}, 8) == 7);
    CHECK(allowed_of(limiter, "b", {1, 1us}, 2) == 1);
}

TEST_CASE_METHOD(limited, "each key has a place of its own", "[runtime][rate]")
{
    rate_limiter limiter(clock, random);
    CHECK(allowed_of(limiter, "login:10.0.0.1", ten_a_minute, 12) == 10);
    CHECK(allowed_of(limiter, "login:10.0.0.2", ten_a_minute, 12) == 10);
    CHECK(limiter.size() == 2);
}

TEST_CASE_METHOD(limited, "each refusal doubles the cost up to eight, and a quiet minute halves it", "[runtime][rate]")
{
    rate_limiter limiter(clock, random);
    constexpr rate eighty{80, 80s};
    auto const penalised = [&](int times) {
        for (int i = 0; i < times; ++i) REQUIRE(limiter.penalise("k"));
    };
    auto const cost = [&] { return 80 - limiter.take("k", 1, eighty).value().remaining; };
    CHECK(cost() == 1);
    for (auto const& [times, wanted] : {std::pair{1, 2}, {2, 4}, {3, 8}, {4, 8}, {100, 8}}) {
        clock.advance(1h);  // the allowance is whole again, and the penalty of before has gone
        penalised(times);
        CHECK(cost() == wanted);
    }
    for (auto const& [later, wanted] : {std::pair<duration, int>{1min - 1us, 8}, {1min, 4}, {2min - 1us, 4}, {2min, 2}, {3min - 1us, 2}, {3min, 1}}) {
        clock.advance(1h);
        penalised(3);
        clock.advance(later);
        CHECK(cost() == wanted);
    }
}

TEST_CASE_METHOD(limited, "the table stays within its bound, and a flood does not free a key that is being held back", "[runtime][rate]")
{
    rate_limiter limiter(clock, random, 16 * 64);
    REQUIRE(limiter.penalise("guesser"));
    CHECK(allowed_of(limiter, "guesser", ten_a_minute, 20) == 5);
    for (int i = 0; i < 20'000; ++i) {
        clock.advance(1us);
        REQUIRE(limiter.take("stranger" + std::to_string(i), 1, ten_a_minute));
    }
    CHECK(limiter.size() <= 16 * 64);
    CHECK(limiter.take("guesser", 1, ten_a_minute).value().answer == verdict::refused);
}
