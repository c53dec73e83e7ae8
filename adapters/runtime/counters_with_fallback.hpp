#pragma once

#include "ports/rolling_counters.hpp"

#include <atomic>
#include <cstdint>

namespace mb::runtime {

/// Asks the counters that all replicas share, and where they can't be reached answers what this server has seen by itself. Never fails while `own`
/// doesn't.
class counters_with_fallback final : public ports::rolling_counters {
public:
    /// @param shared, own  outlive this
    counters_with_fallback(ports::rolling_counters& shared, ports::rolling_counters& own) noexcept : shared_(shared), own_(own) {}

    outcome<std::vector<std::size_t>> note(std::span<ports::sighting const> seen) override;

    /// Notes that this server counted on its own.
    std::uint64_t alone() const noexcept { return alone_; }

private:
    ports::rolling_counters& shared_;
    ports::rolling_counters& own_;
    std::atomic<std::uint64_t> alone_ = 0;
};

}  // namespace mb::runtime
