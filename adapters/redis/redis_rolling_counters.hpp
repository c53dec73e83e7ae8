#pragma once

#include "adapters/redis/client.hpp"
#include "adapters/redis/namespace.hpp"
#include "ports/rolling_counters.hpp"

namespace mb::redis {

/// Counts that all replicas share: one script, one sorted set for each key, and the server's own clock. Keys end by themselves when their window has
/// gone by without a note.
class redis_rolling_counters final : public ports::rolling_counters {
public:
    /// @param on  outlives this
    redis_rolling_counters(client& on, key_names names);

    outcome<std::vector<std::size_t>> note(std::span<ports::sighting const> seen) override;

private:
    client& on_;
    key_names const names_;
    script const note_;
};

}  // namespace mb::redis
