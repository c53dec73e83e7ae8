#include "core/domain/limits/rate.hpp"

#include <catch2/catch.hpp>

using namespace mb;
using namespace mb::limits;
using namespace std::chrono_literals;

namespace {

constexpr rate ten_a_minute{10, 1min};
constexpr duration start = 1h;

}  // namespace

TEST_CASE("a burst of n is allowed at once and request n + 1 is refused", "[limits]")
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

TEST_CASE("a cost above the burst counts as the burst", "[limits]")
{
    CHECK(decide_rate(0s, 80, ten_a_minute, start).decision == rate_decision{verdict::allowed, 0, 0s, 1min});
    CHECK(decide_rate(start, 80, ten_a_minute, start).decision.answer == verdict::allowed);
    CHECK(decide_rate(start + 1us, 80, ten_a_minute, start).decision == rate_decision{verdict::refused, 9, 1us, 1us});
}

TEST_CASE("a level of penalty goes with each full decay, and not a microsecond earlier", "[limits]")
{
    penalty_policy const policy;
    for (auto const& [since, left] :
         {std::pair<duration, int>{0us, 3}, {1min - 1us, 3}, {1min, 2}, {2min - 1us, 2}, {2min, 1}, {3min - 1us, 1}, {3min, 0}, {1h, 0}})
        CHECK(decide_penalty(3, since, policy) == left);
    CHECK(decide_penalty(0, 0us, policy) == 0);
    CHECK(decide_penalty(2, -1h, policy) == 2);
}

TEST_CASE("a share of a rate is smaller and never nothing", "[limits]")
{
    CHECK(share_of({300, 1min}, 50) == rate{150, 1min});
    CHECK(share_of({10, 1min}, 25) == rate{2, 1min});
    CHECK(share_of({10, 1min}, 10) == rate{1, 1min});
    CHECK(share_of({10, 1min}, 5) == rate{1, 2min});
    CHECK(share_of({1, 1min}, 1) == rate{1, 100min});
    CHECK(share_of({7, 1s}, 100) == rate{7, 1s});
}
