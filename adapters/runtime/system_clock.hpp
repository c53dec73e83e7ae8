#pragma once

#include "ports/clock.hpp"

namespace mb::runtime {

/// The machine's clocks: CLOCK_REALTIME and CLOCK_MONOTONIC.
class system_clock final : public ports::clock {
public:
    instant now() const noexcept override;
    duration ticks() const noexcept override;
};

}  // namespace mb::runtime
