#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/identity/password.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <optional>
#include <string>

namespace mb::usecases {

struct first_admin {
    std::string email;
    secret password;
};

struct preparation {
    std::optional<secret> jwt_secret;  ///< of the first signing key, at least 32 bytes; drawn where it isn't given
    std::optional<first_admin> admin;
};

/// What was missing and has been made.
struct prepared {
    bool roles_saved = false;
    bool key_made = false;
    bool admin_made = false;
};

/// Makes what a server can't work without: the built-in roles, a signing key, and the first admin while there has never been one.
/// Writes nothing where nothing is missing. To be called once at start, after migrations, before the catalogue is loaded.
/// Violations: /jwt_secret /admin/email /admin/password. Denials: duplicate_value, where the first admin's address has an account already
/// (it is never promoted: whoever registered it may not be the operator).
class prepare_store final {
public:
    prepare_store(ports::store& store, ports::clock const& clock, ports::randomness const& random, ports::password_hasher const& hasher,
                  ports::password_judge const& judge, identity::password_policy const& passwords)
        : store_(store),
          clock_(clock),
          random_(random),
          hasher_(hasher),
          judge_(judge),
          passwords_(passwords)
    {
    }

    outcome<answer<prepared>> operator()(preparation const& given, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::password_hasher const& hasher_;
    ports::password_judge const& judge_;
    identity::password_policy passwords_;
};

}  // namespace mb::usecases
