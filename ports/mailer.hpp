#pragma once

#include "core/domain/base/outcome.hpp"
#include "core/domain/notify/message.hpp"

namespace mb::ports {

/// Takes mails out of the house. Called by the outbox job, never inside a request.
class mailer {
public:
    virtual ~mailer() = default;
    /// @error unavailable  try again later. @error unexpected  this message will never go out.
    virtual outcome<void> deliver(notify::message const& message) = 0;
};

}  // namespace mb::ports
