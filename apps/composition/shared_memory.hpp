#pragma once

#include "adapters/config/settings.hpp"
#include "core/domain/base/outcome.hpp"
#include "ports/change_marks.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/job_turns.hpp"
#include "ports/randomness.hpp"
#include "ports/rate_limits.hpp"
#include "ports/replay_guard.hpp"
#include "ports/rolling_counters.hpp"

#include <memory>

namespace mb::http {
class exposition;
}

namespace mb::composition {

/// What replicas share for a short time: in Redis where REDIS_URL is set, else in this process.
class shared_memory {
public:
    /// Works where Redis can't be reached yet, too. The arguments outlive what is made. @error unexpected  REDIS_URL is none.
    static outcome<std::unique_ptr<shared_memory>> open(config::settings const& settings, ports::clock const& clock, ports::randomness const& random,
                                                        ports::digester const& digests);
    ~shared_memory();

    ports::rate_limits& limits() noexcept;
    ports::replay_guard& replays() noexcept;
    ports::job_turns& turns() noexcept;
    ports::rolling_counters& counters() noexcept;

    /// Null without Redis: then each request asks the database.
    ports::change_marks* marks() noexcept;

    bool is_redis() const noexcept;
    /// Where it is: whether the server answers.
    bool is_up() const;
    void write_metrics(http::exposition& into) const;

private:
    struct parts;
    explicit shared_memory(std::unique_ptr<parts> made);
    std::unique_ptr<parts> parts_;
};

}  // namespace mb::composition
