#include "adapters/runtime/clock_watch.hpp"

#include "tests/fakes/manual_clock.hpp"

#include <catch2/catch.hpp>

using namespace mb;
using namespace mb::runtime;
using namespace std::chrono_literals;

TEST_CASE("a jump of ten minutes is told, forward or back, and one of a microsecond less is not", "[runtime][clock]")
{
    fakes::manual_clock time;
    clock_watch watch(time);
    auto const direction = GENERATE(1, -1);
    time.advance(5s);
    time.set(time.now() + direction * (10min - 1us));
    CHECK_FALSE(watch.look());
    CHECK(watch.is_calm());
    time.set(time.now() + direction * duration(10min));
    auto const jump = watch.look();
    REQUIRE(jump);
    CHECK(*jump == direction * duration(10min));
    CHECK_FALSE(watch.is_calm());
    CHECK_FALSE(watch.look());
}

TEST_CASE("time that goes by is no jump, however long nobody looked, nor is a clock that is moved slowly", "[runtime][clock]")
{
    fakes::manual_clock time;
    clock_watch watch(time);
    time.advance(48h);
    CHECK_FALSE(watch.look());
    for (int i = 0; i < 100; ++i) {
        time.advance(5s);
        time.set(time.now() + 1min);
        CHECK_FALSE(watch.look());
    }
    CHECK(watch.is_calm());
}

TEST_CASE("calm comes back an hour after the last jump", "[runtime][clock]")
{
    fakes::manual_clock time;
    clock_watch watch(time);
    time.set(time.now() + 1h);
    REQUIRE(watch.look());
    time.advance(30min);
    time.set(time.now() - 1h);
    REQUIRE(watch.look());
    time.advance(1h - 1us);
    CHECK_FALSE(watch.is_calm());
    time.advance(1us);
    CHECK(watch.is_calm());
}
