#include "adapters/memory/shared/memory_rolling_counters.hpp"

#include "tests/contract/steps.hpp"
#include "tests/fakes/manual_clock.hpp"

#include <string>

using namespace mb;
using namespace mb::contract;
using namespace std::chrono_literals;

namespace {

std::size_t note(memory::memory_rolling_counters& on, std::string const& key, std::string const& member, duration window = 1h)
{
    ports::sighting const seen{key, member, window};
    return must(on.note({&seen, 1})).at(0);
}

}  // namespace

TEST_CASE("a member has left AT the end of its window, not a tick earlier", "[memory][counters]")
{
    fakes::manual_clock clock;
    memory::memory_rolling_counters counters(clock);
    CHECK(note(counters, "k", "a", 5min) == 1);
    clock.advance(5min - duration{1});
    CHECK(note(counters, "k", "b", 5min) == 2);
    clock.advance(duration{1});
    CHECK(note(counters, "k", "b", 5min) == 1);
}

TEST_CASE("a jump of the wall clock moves no window", "[memory][counters]")
{
    fakes::manual_clock clock;
    memory::memory_rolling_counters counters(clock);
    CHECK(note(counters, "k", "a") == 1);
    clock.set(clock.now() + 48h);
    CHECK(note(counters, "k", "b") == 2);
    clock.set(clock.now() - 96h);
    CHECK(note(counters, "k", "c") == 3);
}

TEST_CASE("no more is remembered than fits, and the keys of long ago are forgotten first", "[memory][counters]")
{
    fakes::manual_clock clock;
    memory::memory_rolling_counters counters(clock, 10);  // five keys of one member
    for (int i = 0; i < 5; ++i) CHECK(note(counters, "k" + std::to_string(i), "a") == 1);
    CHECK(counters.size() == 10);
    CHECK(note(counters, "k0", "a") == 1);  // now the latest
    CHECK(note(counters, "new", "a") == 1);
    CHECK(counters.size() == 10);
    CHECK(note(counters, "k0", "b") == 2);
    CHECK(counters.size() <= 10);
    CHECK(note(counters, "k1", "b") == 1);  // was forgotten
    for (int i = 0; i < 1'000; ++i) {
        note(counters, "x" + std::to_string(i), "a");
        REQUIRE(counters.size() <= 10);
    }
}

TEST_CASE("one key may be larger than everything that fits, and is alone then", "[memory][counters]")
{
    fakes::manual_clock clock;
    memory::memory_rolling_counters counters(clock, 10);
    note(counters, "other", "a");
    for (std::size_t i = 1; i <= 20; ++i) CHECK(note(counters, "big", std::to_string(i)) == i);
    CHECK(counters.size() == 21);
    CHECK(note(counters, "other", "b") == 1);
    CHECK(counters.size() == 2);
}

TEST_CASE("what was seen too long ago leaves nothing behind", "[memory][counters]")
{
    fakes::manual_clock clock;
    memory::memory_rolling_counters counters(clock);
    ports::sighting const seen{"k", "a", 1h, 1h};
    CHECK(must(counters.note({&seen, 1})).at(0) == 0);
    CHECK(counters.size() == 0);
}
