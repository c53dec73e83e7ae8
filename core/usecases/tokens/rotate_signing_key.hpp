#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/access/catalogue_cache.hpp"
#include "core/usecases/tokens/key_summary.hpp"
#include "ports/clock.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

namespace mb::usecases {

/// Makes a new key that signs from now on. The one before verifies until the last token that it signed has ended (seed 004 phase 4).
/// Denials: forbidden.
class rotate_signing_key final {
public:
    rotate_signing_key(ports::store& store, catalogue_cache const& catalogues, ports::clock const& clock, ports::randomness const& random,
                       tokens::token_policy const& policy)
        : store_(store),
          catalogues_(catalogues),
          clock_(clock),
          random_(random),
          policy_(policy)
    {
    }

    /// @return the new key.
    outcome<answer<key_summary>> operator()(caller const& who, audit::origin const& from) const;

private:
    ports::store& store_;
    catalogue_cache const& catalogues_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    tokens::token_policy policy_;
};

}  // namespace mb::usecases
