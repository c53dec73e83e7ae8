#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/notify/delivery.hpp"
#include "ports/clock.hpp"
#include "ports/mailer.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <cstddef>

namespace mb::usecases {

struct delivered {
    std::size_t sent = 0;
    std::size_t postponed = 0;
    std::size_t given_up = 0;
};

/// Hands the mails that are due to the mailer. A job, which several servers may run at once: each mail is taken by one of them. Holds no connection
/// while a mail is under way. A crash between delivery and its record sends a mail twice, never not at all.
class deliver_mail final {
public:
    deliver_mail(ports::store& store, ports::clock const& clock, ports::randomness const& random, ports::mailer& mailer,
                 notify::delivery_policy const& policy)
        : store_(store),
          clock_(clock),
          random_(random),
          mailer_(mailer),
          policy_(policy)
    {
    }

    /// @param from  the job itself: a correlation of its own, no endpoint.
    outcome<delivered> operator()(audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::mailer& mailer_;
    notify::delivery_policy policy_;
};

}  // namespace mb::usecases
