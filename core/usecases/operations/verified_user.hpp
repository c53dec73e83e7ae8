#pragma once

#include "core/domain/identity/user.hpp"
#include "core/usecases/identity/account_input.hpp"

#include <string>
#include <vector>

namespace mb::usecases {

/// An account that the operator vouches for.
identity::user verified_user(identity::user_id id, accepted_account const& input, std::string password_hash, std::vector<std::string> roles,
                             instant now);

}  // namespace mb::usecases
