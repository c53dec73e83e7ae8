#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/identity/password.hpp"
#include "core/domain/identity/user.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mb::usecases {

struct new_user {
    std::string email;
    secret password;
    std::optional<std::string> username;
    std::optional<std::string> display_name;
    std::vector<std::string> roles;
};

/// Makes an account whose address counts as verified: for the operator, never for a request from outside.
/// Violations: /email /username /display_name /password /roles/<i>. Denials: duplicate_value (the address has an account), username_taken.
class create_user final {
public:
    create_user(ports::store& store, ports::clock const& clock, ports::randomness const& random, ports::password_hasher const& hasher,
                ports::password_judge const& judge, identity::password_policy const& passwords)
        : store_(store),
          clock_(clock),
          random_(random),
          hasher_(hasher),
          judge_(judge),
          passwords_(passwords)
    {
    }

    outcome<answer<identity::user>> operator()(new_user const& asked, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::password_hasher const& hasher_;
    ports::password_judge const& judge_;
    identity::password_policy passwords_;
};

}  // namespace mb::usecases
