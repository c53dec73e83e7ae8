#pragma once

#include "core/domain/base/answer.hpp"
#include "core/domain/base/instant.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/mfa/proofs.hpp"
#include "ports/store.hpp"

#include <cstddef>
#include <optional>

namespace mb::usecases {

struct recovery_count {
    std::size_t used = 0;
    std::size_t left = 0;
    std::optional<instant> made_at;  ///< when the set was made
};

/// How many recovery codes the caller has used and has left; the codes themselves are known to nobody.
/// Denials: second_factor_missing, step_up_required; invalid_token where the account is gone.
class count_recovery_codes final {
public:
    count_recovery_codes(ports::store& store, proofs const& fresh) : store_(store), proofs_(fresh) {}

    outcome<answer<recovery_count>> operator()(caller const& who) const;

private:
    ports::store& store_;
    proofs const& proofs_;
};

}  // namespace mb::usecases
