#include "adapters/runtime/lane.hpp"

#include "adapters/runtime/thread_name.hpp"
#include "tests/fakes/manual_clock.hpp"

#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <latch>
#include <memory>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <vector>

using namespace mb;
using namespace mb::runtime;
using namespace std::chrono_literals;

namespace {

/// Keeps the threads of a lane busy until it is opened.
class blockade {
public:
    explicit blockade(lane& in, std::size_t threads) : taken_(static_cast<std::ptrdiff_t>(threads))
    {
        for (std::size_t i = 0; i < threads; ++i)
            REQUIRE(in.post([this](job_state) {
                taken_.count_down();
                open_.wait();
            }) == posted::accepted);
        taken_.wait();
    }
    void open() { open_.count_down(); }

private:
    std::latch taken_;
    std::latch open_{1};
};

struct seen_states {
    std::atomic<int> run{0}, late{0}, stopping{0};
    void operator()(job_state state) { ++(state == job_state::run ? run : state == job_state::late ? late : stopping); }
    int all() const { return run + late + stopping; }
};

}  // namespace

static_assert(!std::is_copy_constructible_v<job> && std::is_nothrow_move_constructible_v<job>);

TEST_CASE("a job owns what it captured, small or large, and lets it go once", "[runtime][job]")
{
    auto const watched = std::make_shared<int>(0);
    SECTION("inside")
    {
        job work([watched](job_state) { ++*watched; });
        CHECK(watched.use_count() == 2);
        job moved(std::move(work));
        CHECK_FALSE(work);
        moved(job_state::run);
        moved = job{};
        CHECK(watched.use_count() == 1);
    }
    SECTION("boxed")
    {
        std::array<char, 200> const ballast{};
        job work([watched, ballast](job_state) { *watched += 1 + ballast[0]; });
        job moved;
        moved = std::move(work);
        moved(job_state::run);
        moved = job{};
        CHECK(watched.use_count() == 1);
    }
    CHECK(*watched == 1);
}

TEST_CASE("a lane runs what was posted, in order", "[runtime][lane]")
{
    fakes::manual_clock clock;
    std::vector<int> order;
    {
        lane one("one", {.threads = 1, .queue_max = 10}, clock, {});
        blockade busy(one, 1);
        std::latch done(5);
        for (int i = 0; i < 5; ++i)
            CHECK(one.post([&order, &done, i](job_state state) {
                if (state == job_state::run) order.push_back(i);
                done.count_down();
            }) == posted::accepted);
        CHECK(one.counts().waiting == 5);
        CHECK(one.counts().running == 1);
        busy.open();
        done.wait();
    }
    CHECK(order == std::vector<int>{0, 1, 2, 3, 4});
}

TEST_CASE("a queue of n takes n waiting jobs and refuses the next, which stays whole", "[runtime][lane]")
{
    fakes::manual_clock clock;
    auto const queue_max = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{7});
    auto const threads = GENERATE(std::size_t{1}, std::size_t{3});
    lane full("full", {.threads = threads, .queue_max = queue_max}, clock, {});
    // threads that have not gone to sleep yet can't take a job at once, so wait until all of them are at work
    seen_states seen;
    std::latch taken(static_cast<std::ptrdiff_t>(threads));
    std::latch open(1);
    for (std::size_t i = 0; i < threads;) {
        if (full.post([&](job_state) {
                taken.count_down();
                open.wait();
            })
            == posted::accepted)
            ++i;
        else
            std::this_thread::yield();
    }
    taken.wait();
    auto const refused_before = full.counts().refused;
    for (std::size_t i = 0; i < queue_max; ++i) CHECK(full.post([&](job_state s) { seen(s); }) == posted::accepted);
    job one_more([&](job_state s) { seen(s); });
    CHECK(full.post(std::move(one_more)) == posted::full);
    REQUIRE(static_cast<bool>(one_more));
    CHECK(full.counts().refused == refused_before + 1);
    open.count_down();
    full.stop();
    CHECK(seen.all() == static_cast<int>(queue_max));
}

TEST_CASE("a job is run one microsecond before its deadline and late at its deadline", "[runtime][lane]")
{
    fakes::manual_clock clock;
    seen_states seen;
    lane slow("slow", {.threads = 1, .queue_max = 4, .wait_max = 2s}, clock, {});
    blockade busy(slow, 1);
    std::latch called(1);
    CHECK(slow.post([&](job_state s) {
        seen(s);
        called.count_down();
    }) == posted::accepted);

    SECTION("in time")
    {
        clock.advance(2s - 1us);
        CHECK(slow.expire() == 0);
        busy.open();
        called.wait();
        CHECK(seen.run == 1);
    }
    SECTION("late, told by the thread that comes to it")
    {
        clock.advance(2s);
        busy.open();
        called.wait();
        CHECK(seen.late == 1);
        CHECK(slow.counts().late == 1);
    }
    SECTION("late, told although every thread is stuck")
    {
        clock.advance(2s);
        CHECK(slow.expire() == 1);
        CHECK(seen.late == 1);
        CHECK(slow.counts().waiting == 0);
        busy.open();
    }
}

TEST_CASE("only the threads of a lane that is asked to let others go first", "[runtime][lane]")
{
    fakes::manual_clock const clock;
    auto const niceness_in = [&](int asked) {
        lane_limits limits;
        limits.niceness = asked;
        std::atomic<int> seen = -1;
        lane one("l", limits, clock, {});
        REQUIRE(one.post([&](job_state) { seen = getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())); }) == posted::accepted);
        one.stop();
        return seen.load();
    };
    auto const own = getpriority(PRIO_PROCESS, 0);
    CHECK(niceness_in(0) == own);
    CHECK(niceness_in(own + 1) == own + 1);
}

TEST_CASE("threads take short turns with whoever started them, but for those that let others go first", "[runtime][lane]")
{
    fakes::manual_clock const clock;
    std::chrono::nanoseconds usual{};
    std::chrono::nanoseconds alike{};
    std::chrono::nanoseconds behind{};
    auto const turn_in = [&](int niceness, std::chrono::nanoseconds& seen) {
        lane_limits limits;
        limits.niceness = niceness;
        lane one("l", limits, clock, {});
        (void)one.post([&](job_state) { seen = own_turn(); });
        one.stop();
    };
    std::thread([&] {
        usual = own_turn();
        take_short_turns();
        turn_in(0, alike);
        turn_in(getpriority(PRIO_PROCESS, 0) + 1, behind);
    }).join();
    if (usual == 0ns) return;  // a system before Linux 6.12 has turns of one length
    CHECK(alike == 100us);
    CHECK(behind == 3ms);
}

TEST_CASE("a job that throws is reported and counted, and its thread lives on", "[runtime][lane]")
{
    fakes::manual_clock clock;
    std::vector<std::string> reported;
    lane sturdy("sturdy", {.threads = 1, .queue_max = 4}, clock,
                [&](std::string_view name, std::string_view what) { reported.push_back(std::string(name) + ": " + std::string(what)); });
    std::latch done(1);
    blockade busy(sturdy, 1);
    CHECK(sturdy.post([](job_state) { throw std::runtime_error("broken"); }) == posted::accepted);
    CHECK(sturdy.post([](job_state) { throw 7; }) == posted::accepted);
    CHECK(sturdy.post([&](job_state) { done.count_down(); }) == posted::accepted);
    busy.open();
    done.wait();
    sturdy.stop();
    CHECK(reported == std::vector<std::string>{"sturdy: broken", "sturdy: something that is no std::exception"});
    CHECK(sturdy.counts().failed == 2);
    CHECK(sturdy.counts().done == 4);
}

TEST_CASE("stop tells the waiting jobs, waits for the running ones, and refuses more", "[runtime][lane]")
{
    fakes::manual_clock clock;
    seen_states seen;
    std::atomic<bool> ended{false};
    lane ending("ending", {.threads = 1, .queue_max = 4}, clock, {});
    std::latch taken(1);
    std::latch open(1);
    CHECK(ending.post([&](job_state) {
        taken.count_down();
        open.wait();
        ended = true;
    }) == posted::accepted);
    taken.wait();
    for (int i = 0; i < 3; ++i) CHECK(ending.post([&](job_state s) { seen(s); }) == posted::accepted);
    std::thread opener([&] {
        while (ending.post([](job_state) {}) == posted::accepted) {}  // refused either because it is full or because it is stopping
        open.count_down();
    });
    ending.stop();
    opener.join();
    CHECK(ended);
    CHECK(seen.all() == 3);
    CHECK(ending.post([](job_state) {}) == posted::full);
    ending.stop();
}

TEST_CASE("posting, expiring and stopping at once calls each accepted job exactly once", "[runtime][lane][race]")
{
    for (int round = 0; round < 200; ++round) {
        fakes::manual_clock clock;
        seen_states seen;
        std::atomic<int> accepted{0};
        {
            lane raced("raced", {.threads = 2, .queue_max = 8, .wait_max = 3us}, clock, {});
            std::vector<std::jthread> posters;
            for (int p = 0; p < 3; ++p)
                posters.emplace_back([&] {
                    for (int i = 0; i < 40; ++i) {
                        clock.advance(1us);
                        accepted += raced.post([&](job_state s) { seen(s); }) == posted::accepted;
                        if (i % 8 == 0) raced.expire();
                    }
                });
            if (round % 2 == 0) posters.clear();
            raced.stop();
        }
        REQUIRE(seen.all() == accepted);
    }
}

TEST_CASE("no job is forgotten by a sleeping thread", "[runtime][lane][race]")
{
    fakes::manual_clock clock;
    lane pair("pair", {.threads = 2, .queue_max = 64}, clock, {});
    for (int round = 0; round < 1000; ++round) {
        auto const jobs = 1 + round % 5;
        std::latch done(jobs);
        for (int i = 0; i < jobs; ++i) REQUIRE(pair.post([&](job_state) { done.count_down(); }) == posted::accepted);
        done.wait();  // a lost wake-up would hang here
    }
}
