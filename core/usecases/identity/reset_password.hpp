#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/identity/link_policy.hpp"
#include "core/domain/identity/password.hpp"
#include "core/domain/notify/message.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <string>

namespace mb::usecases {

struct password_reset {
    std::string token;
    secret new_password;
    notify::language tongue = notify::language::es;  ///< of the mail that tells the owner
};

/// Spends a reset link for a new password. Every session and every other link of the account ends, its lock too, and the owner is told.
/// The link came by mail, so it verifies the address as well. Hashes a password, but only for a good link: run it on the lane for that.
/// Violations: /new_password. Denials: link_invalid, whatever is wrong with it; too_many_requests (with retry_after) right after a wrong
/// secret.
class reset_password final {
public:
    reset_password(ports::store& store, ports::clock const& clock, ports::randomness const& random, ports::password_hasher const& hasher,
                   ports::password_judge const& judge, ports::digester const& digests, identity::password_policy const& passwords,
                   identity::link_policy const& links)
        : store_(store),
          clock_(clock),
          random_(random),
          hasher_(hasher),
          judge_(judge),
          digests_(digests),
          passwords_(passwords),
          links_(links)
    {
    }

    outcome<answer<done>> operator()(password_reset const& asked, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::password_hasher const& hasher_;
    ports::password_judge const& judge_;
    ports::digester const& digests_;
    identity::password_policy passwords_;
    identity::link_policy links_;
};

}  // namespace mb::usecases
