#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/identity/account.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <vector>

namespace mb::usecases {

struct account_page {
    std::vector<account> accounts;  ///< in the order of ids
    bool has_more = false;
};

/// Denials: forbidden.
class list_users final {
public:
    list_users(ports::store& store, ports::clock const& clock, ports::randomness const& random, ports::digester const& digests)
        : store_(store),
          clock_(clock),
          random_(random),
          digests_(digests)
    {
    }

    outcome<answer<account_page>> operator()(ports::user_filter const& filter, caller const& who, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::digester const& digests_;
};

}  // namespace mb::usecases
