#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/notify/message.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/mfa/factor_check.hpp"
#include "core/usecases/mfa/proofs.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <string>
#include <vector>

namespace mb::usecases {

/// What the owner has to keep. Shown once.
struct recovery_codes {
    std::vector<secret> texts;
};

/// Turns the second factor on, once a code shows that the app has the key; the owner is told by mail. A wrong code isn't counted: who shows it
/// was given the key.
/// Denials: step_up_required, second_factor_exists, second_factor_missing (set_up_factor comes first), invalid_code; invalid_token where the
/// account is gone.
class enable_factor final {
public:
    enable_factor(ports::store& store, proofs const& fresh, ports::clock const& clock, ports::randomness const& random,
                  ports::digester const& digests, factor_rules const& rules)
        : store_(store),
          proofs_(fresh),
          clock_(clock),
          random_(random),
          digests_(digests),
          rules_(rules)
    {
    }

    /// @param tongue  of the mail.
    outcome<answer<recovery_codes>> operator()(std::string_view code, notify::language tongue, caller const& who, audit::origin const& from) const;

private:
    ports::store& store_;
    proofs const& proofs_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::digester const& digests_;
    factor_rules rules_;
};

}  // namespace mb::usecases
