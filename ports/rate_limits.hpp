#pragma once

#include "core/domain/base/outcome.hpp"
#include "core/domain/limits/rate.hpp"

#include <string_view>

namespace mb::ports {

/// Allowances of addresses and identities. MUST be callable from any thread. Keys MUST be made by the server from what it knows (address,
/// identity, route class), never be sent by a client as they are.
class rate_limits {
public:
    virtual ~rate_limits() = default;
    /// Takes `cost` from the allowance of `key` (doubled for each level of its penalty), or refuses and takes nothing: one step of decide_rate().
    /// @error unavailable  nobody knows what is left of the allowance. Never to be taken for an allowance.
    virtual outcome<limits::rate_decision> take(std::string_view key, int cost, limits::rate const& allowed) = 0;
    /// One level more for `key`, as penalty_policy says: its last answer was a refusal (401, 403, 422). @error unavailable
    virtual outcome<void> penalise(std::string_view key) = 0;
};

}  // namespace mb::ports
