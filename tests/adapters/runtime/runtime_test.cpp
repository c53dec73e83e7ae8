#include "adapters/runtime/overload_guard.hpp"
#include "adapters/runtime/periodic.hpp"
#include "adapters/runtime/signals.hpp"
#include "adapters/runtime/system_clock.hpp"

#include <catch2/catch.hpp>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace mb;
using namespace mb::runtime;
using namespace std::chrono_literals;

TEST_CASE("as many requests enter as may work and wait, and one more is refused", "[runtime][overload]")
{
    overload_guard guard(500, 200);
    for (int i = 0; i < 700; ++i) REQUIRE(guard.try_enter());
    CHECK_FALSE(guard.try_enter());
    CHECK(guard.refused() == 1);
    guard.leave();
    CHECK(guard.try_enter());
    CHECK_FALSE(guard.try_enter());
    CHECK(guard.inside() == 700);
}

TEST_CASE("the guard holds its bound under contention and forgets nobody", "[runtime][overload][race]")
{
    for (int round = 0; round < 200; ++round) {
        overload_guard guard(2, 1);
        std::atomic<bool> broken{false};
        {
            std::vector<std::jthread> clients;
            for (int c = 0; c < 4; ++c)
                clients.emplace_back([&] {
                    for (int i = 0; i < 50; ++i) {
                        if (!guard.try_enter()) continue;
                        if (guard.inside() > 3) broken = true;
                        guard.leave();
                    }
                });
        }
        REQUIRE_FALSE(broken);
        REQUIRE(guard.inside() == 0);
    }
}

TEST_CASE("periodic jobs run again and again, and one that throws is reported and runs again", "[runtime][periodic]")
{
    std::latch good(3), bad(3);
    std::atomic<int> good_left{3}, bad_left{3};
    std::vector<std::string> reported;
    {
        periodic jobs([&](std::string_view job, std::string_view what) { reported.push_back(std::string(job) + ": " + std::string(what)); });
        jobs.add("good", 1ms, [&](std::stop_token) {
            if (good_left-- > 0) good.count_down();
        });
        jobs.add("bad", 1ms, [&](std::stop_token) {
            if (bad_left-- > 0) bad.count_down();
            throw std::runtime_error("no");
        });
        jobs.start();
        good.wait();
        bad.wait();
        jobs.stop();
        CHECK(jobs.failed() >= 3);
        CHECK(jobs.failed() == reported.size());
    }
    CHECK(reported.front() == "bad: no");
}

TEST_CASE("a woken job has its turn long before its interval, each time", "[runtime][periodic][race]")
{
    std::atomic<int> turns{0};
    periodic jobs({});
    auto const outbox = jobs.add("outbox", 1h, [&](std::stop_token) {
        ++turns;
        turns.notify_all();
    });
    jobs.add("purge", 2h, [](std::stop_token) {});
    jobs.start();
    for (int round = 0; round < 200; ++round) {
        jobs.wake(outbox);
        turns.wait(round);
    }
    CHECK(turns == 200);
}

TEST_CASE("stop is seen by the running job and waits for it", "[runtime][periodic]")
{
    std::latch running(1);
    bool ended = false;
    periodic jobs({});
    auto const batches = jobs.add("batches", 1h, [&](std::stop_token stop) {
        running.count_down();
        while (!stop.stop_requested()) std::this_thread::yield();
        ended = true;
    });
    jobs.start();
    jobs.wake(batches);
    running.wait();
    jobs.stop();
    CHECK(ended);
    jobs.stop();
}

TEST_CASE("signals are waited for, and a closed pipe does not end the process", "[runtime][signals]")
{
    sigset_t before;
    pthread_sigmask(SIG_BLOCK, nullptr, &before);
    block_signals();
    raise(SIGTERM);  // to this thread alone: pending until it is waited for
    CHECK(wait_for_signal() == signal_received::terminate);
    raise(SIGINT);
    CHECK(wait_for_signal() == signal_received::terminate);
    raise(SIGHUP);
    CHECK(wait_for_signal() == signal_received::reload);

    int ends[2];
    REQUIRE(pipe(ends) == 0);
    close(ends[0]);
    CHECK(write(ends[1], "x", 1) == -1);
    close(ends[1]);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_CASE("the system's clock is in this century and its ticks never go back", "[runtime][clock]")
{
    system_clock const clock;
    CHECK(format_rfc3339(clock.now()) > "2026-01-01T00:00:00.000Z");
    auto last = clock.ticks();
    for (int i = 0; i < 1000; ++i) {
        auto const next = clock.ticks();
        REQUIRE(next >= last);
        last = next;
    }
}
