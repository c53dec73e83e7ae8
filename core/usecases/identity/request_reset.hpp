#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/identity/link_policy.hpp"
#include "core/domain/notify/message.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <string_view>

namespace mb::usecases {

/// Mails a link that sets a new password where there is an account. Always done, with the same work, so that the answer tells nothing.
/// A lock doesn't close this door: it is the owner's way back in. What does, for a while, is guessing at links.
class request_reset final {
public:
    request_reset(ports::store& store, ports::clock const& clock, ports::randomness const& random, ports::digester const& digests,
                  identity::link_policy const& links)
        : store_(store),
          clock_(clock),
          random_(random),
          digests_(digests),
          links_(links)
    {
    }

    outcome<answer<done>> operator()(std::string_view email, notify::language tongue, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::digester const& digests_;
    identity::link_policy links_;
};

}  // namespace mb::usecases
