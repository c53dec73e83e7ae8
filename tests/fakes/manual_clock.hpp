#pragma once

#include "ports/clock.hpp"

#include <atomic>
#include <cstdint>

namespace mb::fakes {

/// Time that stands still until it is told otherwise. Callable from any thread.
class manual_clock final : public ports::clock {
public:
    /// 2026-01-24T10:30:00Z where no start is given.
    explicit manual_clock(instant start = from_micros(1'769'250'600'000'000)) noexcept : now_(to_micros(start)) {}

    instant now() const noexcept override { return from_micros(now_.load()); }
    duration ticks() const noexcept override { return duration{ticks_.load()}; }

    /// The wall clock jumps; ticks don't.
    void set(instant at) noexcept { now_ = to_micros(at); }
    /// Time goes by, on the wall and in ticks.
    void advance(duration by) noexcept
    {
        now_ += by.count();
        ticks_ += by.count();
    }

private:
    std::atomic<std::int64_t> now_;
    std::atomic<std::int64_t> ticks_ = 0;
};

}  // namespace mb::fakes
