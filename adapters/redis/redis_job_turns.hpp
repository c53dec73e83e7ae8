#pragma once

#include "adapters/redis/client.hpp"
#include "adapters/redis/namespace.hpp"
#include "ports/job_turns.hpp"
#include "ports/randomness.hpp"

namespace mb::redis {

/// Turns as keys that hold the identity of the turn and end by themselves.
class redis_job_turns final : public ports::job_turns {
public:
    /// @param on, random  outlive this
    redis_job_turns(client& on, key_names names, ports::randomness const& random);

    outcome<std::optional<ports::job_turn>> take(std::string_view job, duration length) override;
    outcome<ports::turn_state> renew(ports::job_turn const& held, duration length) override;
    outcome<void> give_back(ports::job_turn const& held) override;

private:
    client& on_;
    key_names const names_;
    ports::randomness const& random_;
    script const renew_;
    script const give_back_;
};

}  // namespace mb::redis
