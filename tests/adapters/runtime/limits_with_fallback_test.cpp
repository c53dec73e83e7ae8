#include "adapters/runtime/limits_with_fallback.hpp"

#include "adapters/runtime/rate_limiter.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/randomness.hpp"

#include <catch2/catch.hpp>

using namespace mb;
using limits::verdict;
using namespace std::chrono_literals;

namespace {

/// Limits that can be lost.
class losable final : public ports::rate_limits {
public:
    explicit losable(ports::rate_limits& behind) : behind_(behind) {}
    outcome<limits::rate_decision> take(std::string_view key, int cost, limits::rate const& allowed) override
    {
        if (lost) return error{errc::unavailable, "test", ""};
        return behind_.take(key, cost, allowed);
    }
    outcome<void> penalise(std::string_view key) override
    {
        if (lost) return error{errc::unavailable, "test", ""};
        return behind_.penalise(key);
    }
    bool lost = false;

private:
    ports::rate_limits& behind_;
};

struct two_limits {
    fakes::manual_clock clock;
    fakes::fixed_randomness random;
    runtime::rate_limiter behind{clock, random};
    runtime::rate_limiter own{clock, random};
    losable shared{behind};
    runtime::limits_with_fallback limits{shared, own, 50};

    int allowed_of(std::string_view key, int tries)
    {
        int count = 0;
        for (int i = 0; i < tries; ++i) count += limits.take(key, 1, {10, 1h}).value().answer == verdict::allowed;
        return count;
    }
};

}  // namespace

TEST_CASE_METHOD(two_limits, "while the shared limits answer, they alone decide", "[runtime][rate]")
{
    CHECK(allowed_of("ana", 12) == 10);
    CHECK(limits.alone() == 0);
    CHECK(own.size() == 0);
}

TEST_CASE_METHOD(two_limits, "where the shared limits are lost a server allows its part of the rate and not one more", "[runtime][rate]")
{
    shared.lost = true;
    CHECK(allowed_of("ana", 12) == 5);
    CHECK(limits.alone() == 12);
    CHECK(allowed_of("eva", 12) == 5);
}

TEST_CASE_METHOD(two_limits, "when the shared limits come back they decide again, by what they know", "[runtime][rate]")
{
    CHECK(allowed_of("ana", 4) == 4);
    shared.lost = true;
    CHECK(allowed_of("ana", 9) == 5);
    shared.lost = false;
    CHECK(allowed_of("ana", 12) == 6);
    CHECK(limits.alone() == 9);
}

TEST_CASE_METHOD(two_limits, "a penalty from before the loss goes on", "[runtime][rate]")
{
    REQUIRE(limits.penalise("guesser"));
    shared.lost = true;
    CHECK(allowed_of("guesser", 12) == 2);
    REQUIRE(limits.penalise("late guesser"));
    CHECK(allowed_of("late guesser", 12) == 2);
}
