#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/notify/message.hpp"
#include "core/usecases/identity/link_request.hpp"

#include <string_view>

namespace mb::usecases {

/// Mails a link that sets a new password where there is an account. Always done, with the same work, so that the answer tells nothing.
/// A lock doesn't close this door: it is the owner's way back in. What does, for a while, is guessing at links.
class request_reset final {
public:
    explicit request_reset(link_sender const& with) : with_(with) {}

    outcome<answer<done>> operator()(std::string_view email, notify::language tongue, audit::origin const& from) const;

private:
    link_sender with_;
};

}  // namespace mb::usecases
