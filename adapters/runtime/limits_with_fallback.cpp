#include "adapters/runtime/limits_with_fallback.hpp"

namespace mb::runtime {

outcome<limits::rate_decision> limits_with_fallback::take(std::string_view key, int cost, limits::rate const& allowed)
{
    if (auto decided = shared_.take(key, cost, allowed)) return decided;
    ++alone_;
    return own_.take(key, cost, limits::share_of(allowed, share_percent_));
}

outcome<void> limits_with_fallback::penalise(std::string_view key)
{
    // in both, so that who was guessing when the shared limits were lost goes on paying for it
    (void)shared_.penalise(key);
    return own_.penalise(key);
}

}  // namespace mb::runtime
