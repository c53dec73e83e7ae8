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

#include <optional>
#include <string>

namespace mb::usecases {

struct registration {
    std::string email;
    secret password;
    std::optional<std::string> username;
    std::optional<std::string> display_name;
    notify::language tongue = notify::language::es;  ///< of the mails that follow
};

/// Makes an account that can't log in before its address is verified. Hashes a password: run it on the lane for that.
/// A known address gets the same answer and the same work; its owner is told by mail.
/// Violations: /email /username /display_name /password. Denials: username_taken.
class register_user final {
public:
    register_user(ports::store& store, ports::clock const& clock, ports::randomness const& random, ports::password_hasher const& hasher,
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

    outcome<answer<done>> operator()(registration const& asked, audit::origin const& from) const;

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
