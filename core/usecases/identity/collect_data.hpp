#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "ports/clock.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <cstddef>

namespace mb::usecases {

struct own_data {
    identity::user user;
    ports::dossier stored;
    bool complete = true;  ///< whether no list was cut
};

/// Everything that is stored about the caller (GDPR articles 15 and 20); that it was read is an event.
/// Denials: invalid_token where the account is gone.
class collect_data final {
public:
    static constexpr std::size_t rows_max = 10'000;  ///< of each list

    collect_data(ports::store& store, ports::clock const& clock, ports::randomness const& random) : store_(store), clock_(clock), random_(random) {}

    outcome<answer<own_data>> operator()(caller const& who, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
};

}  // namespace mb::usecases
