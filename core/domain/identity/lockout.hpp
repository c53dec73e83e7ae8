#pragma once

#include "core/domain/base/instant.hpp"
#include "core/domain/notify/language.hpp"

#include <optional>
#include <string>
#include <variant>

namespace mb::identity {

/// Consecutive failures of one identity, known to us or not, seen from one (un)trusted device.
struct lockout_counter {
    std::string identity;  ///< keyed pseudonym of the canonical identifier or of the user; never the address itself
    std::string device;    ///< "" for a client that is not known
    int failures = 0;      ///< since the last lock, and for as long as one is remembered
    std::optional<instant> locked_until;
    instant expires_at{};      ///< when all of it is forgotten
    int in_a_row = 0;          ///< with no success and no new password between, whatever locks came and went
    instant window_ends_at{};  ///< when `failures` are forgotten
};

struct lockout_policy {
    int failures_max = 5;
    duration lock = std::chrono::minutes{30};
    /// How long a failure is remembered where no lock follows.
    duration memory = std::chrono::hours{24};
    /// Failures in a row after which no password is looked at any more, until a new one is set by mail (NIST SP 800-63B-4 section 3.2.2).
    int in_a_row_max = 100;
    /// How long they are remembered for each of them, and at most: one guess at a name that nobody has is not kept for a year.
    duration in_a_row_memory_each = std::chrono::days{4};
    duration in_a_row_memory = std::chrono::days{365};
    notify::language tongue = notify::language::es;  ///< of the mail that tells the owner so
    duration warning_life = std::chrono::hours{24};  ///< how long it is worth sending
};

struct attempt_refused {
    instant until;
};
struct attempt_admitted {
    lockout_counter counted;  ///< to be saved before the password is looked at: parallel guesses count too
};

/// Decides whether one more guess may be made, and counts it as failed beforehand; a right password clears the counter.
/// The guess that reaches `failures_max` locks at once, so a crash between the guess and its verdict leaves a lock, never a free try.
/// A lock that has run out starts a new count; past `in_a_row_max` none is started, and the answer stays that of a lock that was just made, so
/// that it tells nobody which of the two it is.
std::variant<attempt_admitted, attempt_refused> decide_attempt(lockout_counter counter, lockout_policy const& policy, instant now) noexcept;

/// Whether passwords are no longer looked at before a new one is set.
bool wants_new_password(lockout_counter const& counter, lockout_policy const& policy, instant now) noexcept;

}  // namespace mb::identity
