#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "ports/clock.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <string>

namespace mb::usecases {

/// Reads a page of the audit log, newest first.
/// Denials: forbidden.
class list_events final {
public:
    /// @param lists  where pages are read from; it may lag behind.
    list_events(ports::store& store, ports::store& lists, ports::clock const& clock, ports::randomness const& random)
        : store_(store),
          lists_(lists),
          clock_(clock),
          random_(random)
    {
    }

    outcome<answer<ports::event_page>> operator()(ports::event_filter const& filter, caller const& who, audit::origin const& from) const;
    /// The same for a file: that it was taken, and how much, is recorded as BULK_DATA_EXPORT before anything is given.
    /// @param asked  what was filtered, for that row.
    outcome<answer<ports::event_page>> to_file(ports::event_filter const& filter, std::string const& asked, caller const& who,
                                               audit::origin const& from) const;

private:
    ports::store& store_;
    ports::store& lists_;
    ports::clock const& clock_;
    ports::randomness const& random_;
};

}  // namespace mb::usecases
