#pragma once

#include "core/domain/base/instant.hpp"

#include <cstdint>

namespace mb::limits {

/// `burst` requests at once, and `burst` more in each `period`, evenly spread.
struct rate {
    int burst = 300;                            ///< at least 1
    duration period = std::chrono::minutes{1};  ///< at least `burst` microseconds
    friend bool operator==(rate const&, rate const&) = default;
};

enum class verdict : std::uint8_t { allowed, refused };

/// What the RateLimit and Retry-After fields say.
struct rate_decision {
    verdict answer = verdict::allowed;
    int remaining = 0;       ///< requests of cost 1 that would be allowed right now
    duration retry_after{};  ///< refused: after this the same request is allowed; else zero
    duration reset{};        ///< after this the whole burst is free again
    friend bool operator==(rate_decision const&, rate_decision const&) = default;
};

struct rate_step {
    rate_decision decision;
    duration arrival{};  ///< the theoretical arrival time to keep; unchanged where refused
};

/// One step of the generic cell rate algorithm (ITU-T I.371 annex A, virtual scheduling): one timestamp for a key, exact to the microsecond.
/// @param arrival  what the last step returned; zero for a new key
/// @param cost     1 or more; a cost above the burst counts as the burst, else it could never be allowed
/// @param now      ticks of a clock that never goes back
rate_step decide_rate(duration arrival, int cost, rate const& allowed, duration now) noexcept;

/// How much a key's recent refusals make its requests cost.
struct penalty_policy {
    int level_max = 3;                         ///< the cost doubles with each level
    duration decay = std::chrono::minutes{1};  ///< a level less after each of these without another refusal
};

/// Levels that are left of `level` after `since` has gone by.
int decide_penalty(int level, duration since, penalty_policy const& policy) noexcept;

/// The part of a rate that one of several servers allows on its own, while it can't ask what the others have allowed: at least one request.
/// @param percent  1 to 100
rate share_of(rate const& whole, int percent) noexcept;

}  // namespace mb::limits
