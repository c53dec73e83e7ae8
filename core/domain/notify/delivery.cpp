#include "core/domain/notify/delivery.hpp"

#include <algorithm>

namespace mb::notify {

std::optional<instant> decide_retry(int attempts, instant expires_at, delivery_policy const& policy, instant now) noexcept
{
    auto wait = std::min(policy.first_wait, policy.wait_max);
    for (int i = 0; i < attempts && wait < policy.wait_max; ++i) wait = std::min(wait * 2, policy.wait_max);
    if (now + wait >= expires_at) return std::nullopt;
    return now + wait;
}

}  // namespace mb::notify
