#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/base/secret.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/identity/password_gate.hpp"
#include "core/usecases/mfa/factor_check.hpp"
#include "core/usecases/mfa/proofs.hpp"
#include "ports/clock.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <optional>

namespace mb::usecases {

/// What the caller shows again: the second factor, or the password of an account that has none.
struct step_up_proof {
    shown_factor factor{};
    std::optional<secret> password{};
};

/// Gives a token that says, for ten minutes and in this session alone, that the caller has just shown who they are. May verify a hash: run it on
/// the lane for that.
/// Denials: forbidden for who came with an API key; second_factor_required for a password where there is a second factor, second_factor_missing
/// for a code where there is none; account_locked (with retry_after), invalid_code, invalid_credentials; as password_gate::settle.
class step_up final {
public:
    step_up(ports::store& store, password_gate const& gate, proofs const& made, factor_check const& check, ports::clock const& clock,
            ports::randomness const& random)
        : store_(store),
          gate_(gate),
          proofs_(made),
          check_(check),
          clock_(clock),
          random_(random)
    {
    }

    outcome<answer<step_up_token>> operator()(step_up_proof const& shown, caller const& who, audit::origin const& from) const;

private:
    outcome<answer<tokens::shown_by>> by_password(secret const& password, std::string const& device, caller const& who,
                                                  audit::origin const& from) const;
    outcome<answer<tokens::shown_by>> by_factor(shown_factor const& shown, caller const& who, audit::origin const& from) const;

    ports::store& store_;
    password_gate const& gate_;
    proofs const& proofs_;
    factor_check const& check_;
    ports::clock const& clock_;
    ports::randomness const& random_;
};

}  // namespace mb::usecases
