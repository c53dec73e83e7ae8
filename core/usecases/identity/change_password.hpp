#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/identity/link_policy.hpp"
#include "core/domain/identity/password.hpp"
#include "core/domain/notify/message.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/identity/password_gate.hpp"
#include "core/usecases/mfa/proofs.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"

#include <string>

namespace mb::usecases {

struct password_change {
    secret current_password;
    secret new_password;
    notify::language tongue = notify::language::es;  ///< of the mail that tells the owner
    std::string device{};                            ///< as credentials::device
};

/// Sets a new password for the caller, who shows the current one. Every other session and every mailed link of the account ends, and the
/// owner is told. Verifies and makes a hash: run it on the lane for that.
/// Where there is a second factor, it has to have been shown as well.
/// Violations: /new_password. Denials: step_up_required, second_factor_required where it came meanwhile; account_locked (with retry_after),
/// invalid_credentials: a guess here counts like one at the login.
class change_password final {
public:
    change_password(password_gate const& gate, proofs const& fresh, ports::clock const& clock, ports::randomness const& random,
                    ports::password_hasher const& hasher, ports::password_judge const& judge, identity::password_policy const& passwords,
                    identity::link_policy const& links)
        : gate_(gate),
          proofs_(fresh),
          clock_(clock),
          random_(random),
          hasher_(hasher),
          judge_(judge),
          passwords_(passwords),
          links_(links)
    {
    }

    outcome<answer<done>> operator()(password_change const& asked, caller const& who, audit::origin const& from) const;

private:
    password_gate const& gate_;
    proofs const& proofs_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::password_hasher const& hasher_;
    ports::password_judge const& judge_;
    identity::password_policy passwords_;
    identity::link_policy links_;
};

}  // namespace mb::usecases
