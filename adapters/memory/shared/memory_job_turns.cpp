#include "adapters/memory/shared/memory_job_turns.hpp"

namespace mb::memory {

outcome<std::optional<ports::job_turn>> memory_job_turns::take(std::string_view job, duration length)
{
    ports::job_turn made{std::string(job), {}};
    random_.fill(made.id.bytes);
    std::scoped_lock const lock(mutex_);
    auto const now = clock_.ticks();
    if (auto const held = turns_.find(job); held != turns_.end() && now < held->second.until) return std::optional<ports::job_turn>{};
    turns_.insert_or_assign(made.job, turn{made.id, now + length});
    return std::optional{std::move(made)};
}

outcome<ports::turn_state> memory_job_turns::renew(ports::job_turn const& held, duration length)
{
    std::scoped_lock const lock(mutex_);
    auto const now = clock_.ticks();
    auto const known = turns_.find(held.job);
    if (known == turns_.end() || known->second.id != held.id || now >= known->second.until) return ports::turn_state::lost;
    known->second.until = now + length;
    return ports::turn_state::held;
}

outcome<void> memory_job_turns::give_back(ports::job_turn const& held)
{
    std::scoped_lock const lock(mutex_);
    if (auto const known = turns_.find(held.job); known != turns_.end() && known->second.id == held.id) turns_.erase(known);
    return {};
}

}  // namespace mb::memory
