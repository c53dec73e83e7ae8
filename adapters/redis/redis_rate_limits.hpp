#pragma once

#include "adapters/redis/client.hpp"
#include "adapters/redis/namespace.hpp"
#include "ports/rate_limits.hpp"

namespace mb::redis {

/// Rate limits that all replicas share: one script, one key for each allowance, and the server's own clock. Keys end by themselves when the
/// allowance is whole and the penalty gone.
class redis_rate_limits final : public ports::rate_limits {
public:
    /// @param on  outlives this
    redis_rate_limits(client& on, key_names names, limits::penalty_policy const& penalties = {});

    outcome<limits::rate_decision> take(std::string_view key, int cost, limits::rate const& allowed) override;
    outcome<void> penalise(std::string_view key) override;

private:
    client& on_;
    key_names const names_;
    limits::penalty_policy const penalties_;
    script const step_;
};

}  // namespace mb::redis
