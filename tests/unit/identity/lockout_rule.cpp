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
    CHECK(counted.window_ends_at == start + policy.memory);
    CHECK(counted.expires_at == start + policy.in_a_row_memory_each);
    CHECK(counted.identity == "who");
}

TEST_CASE("four guesses leave no lock, the fifth locks at once")
{
    CHECK_FALSE(after_failures(4).locked_until);
    auto const locked = after_failures(5);
    CHECK(locked.failures == 5);
    CHECK(locked.locked_until == start + 30min);
    CHECK(locked.window_ends_at == start + 30min + policy.memory);
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

namespace {

/// Fails as soon as it may, window after window.
lockout_counter after_windows(int count, instant& now)
{
    lockout_counter counter{"who", "", 0, {}, now};
    for (int i = 0; i < count; ++i) {
        if (counter.locked_until && now < *counter.locked_until) now = *counter.locked_until;
        counter = admitted(counter, now);
    }
    return counter;
}

}  // namespace

TEST_CASE("locks come and go, and the failures in a row go on: 99 leave a try, the hundredth is the last")
{
    auto now = start;
    auto const nearly = after_windows(99, now);
    CHECK(nearly.in_a_row == 99);
    CHECK(nearly.failures == 4);
    CHECK_FALSE(wants_new_password(nearly, policy, now));
    auto const last = admitted(nearly, now);
    CHECK(last.in_a_row == 100);
    CHECK(last.locked_until == now + policy.lock);
    CHECK(wants_new_password(last, policy, now));
}

TEST_CASE("after a hundred failures in a row the answer is that of a lock that was just made, whenever one asks")
{
    auto now = start;
    auto const barred = after_windows(100, now);
    auto const refused_until = [&](instant at) {
        auto const decided = decide_attempt(barred, policy, at);
        REQUIRE(std::holds_alternative<attempt_refused>(decided));
        return std::get<attempt_refused>(decided).until;
    };
    CHECK(refused_until(now + 1s) == now + policy.lock);
    CHECK(refused_until(now + policy.lock) == now + 2 * policy.lock);
    CHECK(refused_until(now + 100 * 24h) == now + 100 * 24h + policy.lock);
    CHECK(refused_until(barred.expires_at - 1us) == barred.expires_at - 1us + policy.lock);
    auto const forgotten = admitted(barred, barred.expires_at);
    CHECK(forgotten.in_a_row == 1);
    CHECK(forgotten.failures == 1);
}

TEST_CASE("failures in a row are remembered for four days each, and for a year at most")
{
    lockout_counter counter{"who", "", 0, {}, start};
    counter.expires_at = start + 1h;
    auto const after = [&](int in_a_row) {
        counter.in_a_row = in_a_row - 1;
        return admitted(counter, start).expires_at - start;
    };
    CHECK(after(2) == 2 * policy.in_a_row_memory_each);
    CHECK(after(91) == 91 * policy.in_a_row_memory_each);
    CHECK(after(92) == policy.in_a_row_memory);
    auto const in_time = admitted(counter, start + 1h - 1us);
    CHECK(in_time.in_a_row == 92);
}

TEST_CASE("where five don't divide a hundred, the hundredth locks all the same")
{
    auto odd = policy;
    odd.failures_max = 7;
    lockout_counter counter{"who", "", 0, {}, start};
    counter.in_a_row = 99;
    counter.expires_at = start + 1h;
    auto const decided = decide_attempt(counter, odd, start);
    auto const& counted = std::get<attempt_admitted>(decided).counted;
    CHECK(counted.failures == 1);
    CHECK(counted.locked_until == start + odd.lock);
}
