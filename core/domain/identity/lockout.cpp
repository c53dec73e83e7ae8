#include "core/domain/identity/lockout.hpp"

#include <algorithm>
#include <utility>

namespace mb::identity {

std::variant<attempt_admitted, attempt_refused> decide_attempt(lockout_counter counter, lockout_policy const& policy, instant now) noexcept
{
    if (counter.locked_until && now < *counter.locked_until) return attempt_refused{*counter.locked_until};
    if (wants_new_password(counter, policy, now)) return attempt_refused{now + policy.lock};
    if (now >= counter.expires_at) counter.in_a_row = 0;
    if (counter.locked_until || now >= counter.window_ends_at) {
        counter.failures = 0;
        counter.locked_until.reset();
    }
    ++counter.failures;
    ++counter.in_a_row;
    counter.window_ends_at = now + policy.memory;
    if (counter.failures >= policy.failures_max || counter.in_a_row >= policy.in_a_row_max) {
        counter.locked_until = now + policy.lock;
        counter.window_ends_at = *counter.locked_until + policy.memory;
    }
    auto const in_a_row_memory = std::min(policy.in_a_row_memory, counter.in_a_row * policy.in_a_row_memory_each);
    counter.expires_at = std::max(counter.window_ends_at, now + in_a_row_memory);
    return attempt_admitted{std::move(counter)};
}

bool wants_new_password(lockout_counter const& counter, lockout_policy const& policy, instant now) noexcept
{
    return counter.in_a_row >= policy.in_a_row_max && now < counter.expires_at;
}

}  // namespace mb::identity
