#include "core/domain/limits/rate.hpp"

#include <algorithm>
#include <cstdint>

namespace mb::limits {

rate_step decide_rate(duration arrival, int cost, rate const& allowed, duration now) noexcept
{
    auto const spacing = allowed.period / allowed.burst;  // rounded down: never stricter than asked for
    auto const tolerance = spacing * allowed.burst;
    auto const from = std::max(arrival, now);
    auto const next = from + spacing * std::clamp(cost, 1, allowed.burst);
    auto const left = [&](duration until) { return static_cast<int>((tolerance - (until - now)) / spacing); };

    if (auto const too_early = next - tolerance - now; too_early > duration::zero())
        return {{verdict::refused, std::max(left(from), 0), too_early, from - now}, arrival};
    return {{verdict::allowed, left(next), duration::zero(), next - now}, next};
}

int decide_penalty(int level, duration since, penalty_policy const& policy) noexcept
{
    if (level <= 0) return 0;
    auto const gone = std::max(since, duration::zero()) / policy.decay;
    return gone >= level ? 0 : level - static_cast<int>(gone);
}

rate share_of(rate const& whole, int percent) noexcept
{
    auto const burst = static_cast<int>(static_cast<std::int64_t>(whole.burst) * percent / 100);
    if (burst >= 1) return {burst, whole.period};
    // less than one request in the period: one in a longer period
    return {1, whole.period * 100 / (static_cast<std::int64_t>(whole.burst) * percent)};
}

}  // namespace mb::limits
