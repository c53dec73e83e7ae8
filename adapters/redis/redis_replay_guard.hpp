#pragma once

#include "adapters/redis/client.hpp"
#include "adapters/redis/namespace.hpp"
#include "ports/replay_guard.hpp"

namespace mb::redis {

/// What was spent, shared by all replicas. A server that was started or emptied may have forgotten what was spent before: until it has run for as
/// long as a thing is to be remembered, it is not believed. Needs maxmemory-policy noeviction, else the server forgets as it likes.
class redis_replay_guard final : public ports::replay_guard {
public:
    /// @param on  outlives this
    redis_replay_guard(client& on, key_names names);

    outcome<ports::spending> spend_once(std::string_view space, identity::digest const& what, duration ttl) override;
    /// Begins the server's time of remembering, so that it is over when the first thing is spent. To be called at start.
    void begin();

private:
    client& on_;
    key_names const names_;
    script const spend_;
};

}  // namespace mb::redis
