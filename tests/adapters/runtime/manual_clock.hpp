#pragma once

#include "ports/clock.hpp"

#include <atomic>

namespace mb::runtime::testing {

/// A clock that goes when it is told to; from any thread.
class manual_clock final : public ports::clock {
public:
    instant now() const noexcept override { return instant{duration{at_.load()}}; }
    duration ticks() const noexcept override { return duration{at_.load()}; }
    void advance(duration by) noexcept { at_ += by.count(); }

private:
    std::atomic<duration::rep> at_{1'000'000};
};

}  // namespace mb::runtime::testing
