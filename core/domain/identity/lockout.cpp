#include "core/domain/identity/lockout.hpp"

#include <utility>

namespace mb::identity {

std::variant<attempt_admitted, attempt_refused> decide_attempt(lockout_counter counter, lockout_policy const& policy, instant now) noexcept
{
    if (counter.locked_until && now < *counter.locked_until) return attempt_refused{*counter.locked_until};
    if (counter.locked_until || now >= counter.expires_at) {
        counter.failures = 0;
        counter.locked_until.reset();
    }
    ++counter.failures;
    counter.expires_at = now + policy.memory;
    if (counter.failures >= policy.failures_max) {
        counter.locked_until = now + policy.lock;
        counter.expires_at = *counter.locked_until + policy.memory;
    }
    return attempt_admitted{std::move(counter)};
}

}  // namespace mb::identity
