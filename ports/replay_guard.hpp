#pragma once

#include "core/domain/base/instant.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/identity/email_token.hpp"

#include <cstdint>
#include <string_view>

namespace mb::ports {

enum class spending : std::uint8_t {
    fresh,  ///< spent now, by this call alone
    spent   ///< was spent before
};

/// Remembers what may be used once: a proof, a challenge. MUST be callable from any thread.
class replay_guard {
public:
    virtual ~replay_guard() = default;
    /// Of any number of calls with one digest within `ttl` of the first, on any replica, exactly one is answered `fresh`.
    /// @param space  the kind of thing that is spent, a literal; equal digests of two spaces are two things.
    /// @param ttl    more than none; at least as long as the thing could be presented.
    /// @error unavailable  nobody knows whether it was spent: refuse it. MUST be the answer too where what was spent less than `ttl` ago may have been
    /// forgotten.
    virtual outcome<spending> spend_once(std::string_view space, identity::digest const& what, duration ttl) = 0;
};

}  // namespace mb::ports
