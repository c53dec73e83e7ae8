#include "core/domain/identity/lockout.hpp"

#include <catch2/catch.hpp>

using namespace mb;
using namespace mb::identity;
using namespace std::chrono_literals;

namespace {

constexpr instant start = from_micros(1'769'250'600'000'000);
lockout_policy const policy{};

lockout_counter admitted(lockout_counter const& counter, instant now)
{
    auto const decided = decide_attempt(counter, policy, now);
    REQUIRE(std::holds_alternative<attempt_admitted>(decided));
    return std::get<attempt_admitted>(decided).counted;
}

lockout_counter after_failures(int count)
{
    lockout_counter counter{"who", "", 0, {}, start};
    for (int i = 0; i < count; ++i) counter = admitted(counter, start);
    return counter;
}

}  // namespace

TEST_CASE("each guess is counted before it is looked at")
{
    auto const counted = after_failures(1);
    CHECK(counted.failures == 1);
    CHECK_FALSE(counted.locked_until);
    CHECK(counted.expires_at == start + policy.memory);
    CHECK(counted.identity == "who");
}

TEST_CASE("four guesses leave no lock, the fifth locks at once")
{
    CHECK_FALSE(after_failures(4).locked_until);
    auto const locked = after_failures(5);
    CHECK(locked.failures == 5);
    CHECK(locked.locked_until == start + 30min);
    CHECK(locked.expires_at == start + 30min + policy.memory);
}

TEST_CASE("a lock refuses until its end, and not at it")
{
    auto const locked = after_failures(5);
    auto const refused = decide_attempt(locked, policy, start + 30min - 1us);
    REQUIRE(std::holds_alternative<attempt_refused>(refused));
    CHECK(std::get<attempt_refused>(refused).until == start + 30min);
    auto const again = admitted(locked, start + 30min);
    CHECK(again.failures == 1);
    CHECK_FALSE(again.locked_until);
}

TEST_CASE("failures are forgotten when their memory ends, and not before")
{
    auto const four = after_failures(4);
    CHECK(admitted(four, start + policy.memory - 1us).locked_until);
    auto const forgotten = admitted(four, start + policy.memory);
    CHECK(forgotten.failures == 1);
    CHECK_FALSE(forgotten.locked_until);
}
