#pragma once

#include "ports/clock.hpp"
#include "ports/replay_guard.hpp"

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

namespace mb::memory {

/// What was spent, for one process. Bounded: where it is full of what may not be forgotten yet, nothing more is spent.
class memory_replay_guard final : public ports::replay_guard {
public:
    /// @param clock  outlives this; its ticks count
    explicit memory_replay_guard(ports::clock const& clock, std::size_t things_max = 100'000) : clock_(clock), things_max_(things_max) {}

    outcome<ports::spending> spend_once(std::string_view space, identity::digest const& what, duration ttl) override;

private:
    ports::clock const& clock_;
    std::size_t const things_max_;
    std::mutex mutex_;
    std::unordered_map<std::string, duration> until_;
};

}  // namespace mb::memory
