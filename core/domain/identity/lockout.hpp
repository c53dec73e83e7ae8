#pragma once

#include "core/domain/base/instant.hpp"

#include <optional>
#include <string>
#include <variant>

namespace mb::identity {

/// Consecutive failures of one identity, known to us or not, seen from one (un)trusted device.
struct lockout_counter {
    std::string identity;  ///< keyed pseudonym of the canonical identifier or of the user; never the address itself
    std::string device;    ///< "" for a client that is not known
    int failures = 0;
    std::optional<instant> locked_until;
    instant expires_at{};
};

struct lockout_policy {
    int failures_max = 5;
    duration lock = std::chrono::minutes{30};
    /// How long a failure is remembered where no lock follows.
    duration memory = std::chrono::hours{24};
};

struct attempt_refused {
    instant until;
};
struct attempt_admitted {
    lockout_counter counted;  ///< to be saved before the password is looked at: parallel guesses count too
};

/// Decides whether one more guess may be made, and counts it as failed beforehand; a right password clears the counter.
/// The guess that reaches `failures_max` locks at once, so a crash between the guess and its verdict leaves a lock, never a free try.
/// A lock that has run out starts a new count.
std::variant<attempt_admitted, attempt_refused> decide_attempt(lockout_counter counter, lockout_policy const& policy, instant now) noexcept;

}  // namespace mb::identity
