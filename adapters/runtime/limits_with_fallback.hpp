#pragma once

#include "ports/rate_limits.hpp"

#include <atomic>
#include <cstdint>

namespace mb::runtime {

/// Asks the limits that all replicas share, and where they can't be reached allows a part of each rate on its own. Never unlimited, and
/// never fails while `own` doesn't.
class limits_with_fallback final : public ports::rate_limits {
public:
    /// @param shared, own    outlive this
    /// @param share_percent  1 to 100: of each rate, for this server alone
    limits_with_fallback(ports::rate_limits& shared, ports::rate_limits& own, int share_percent) noexcept
        : shared_(shared),
          own_(own),
          share_percent_(share_percent)
    {
    }

    outcome<limits::rate_decision> take(std::string_view key, int cost, limits::rate const& allowed) override;
    outcome<void> penalise(std::string_view key) override;

    /// Decisions that this server took on its own.
    std::uint64_t alone() const noexcept { return alone_; }

private:
    ports::rate_limits& shared_;
    ports::rate_limits& own_;
    int const share_percent_;
    std::atomic<std::uint64_t> alone_ = 0;
};

}  // namespace mb::runtime
