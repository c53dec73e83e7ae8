#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/identity/email_token.hpp"
#include "core/domain/identity/link_policy.hpp"
#include "core/domain/notify/message.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <string_view>

namespace mb::usecases {

/// What a request for a link needs.
struct link_sender {
    ports::store& store;
    ports::clock const& clock;
    ports::randomness const& random;
    ports::digester const& digests;
    identity::link_policy links;
};

/// Mails a link of that type to the active account of the address, at most one in a while, and none while links of it are guessed at.
/// Always done, with one row of that event, so that the answer tells nothing.
outcome<answer<done>> request_link(link_sender const& with, identity::email_token_type type, audit::event_type event, std::string_view email,
                                   notify::language tongue, audit::origin const& from);

}  // namespace mb::usecases
