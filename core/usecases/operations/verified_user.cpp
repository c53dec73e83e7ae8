#include "core/usecases/operations/verified_user.hpp"

#include <utility>

namespace mb::usecases {

identity::user verified_user(identity::user_id id, accepted_account const& input, std::string password_hash, std::vector<std::string> roles,
                             instant now)
{
    return {.id = id,
            .address = input.address,
            .name = input.name,
            .display_name = {},
            .password_hash = std::move(password_hash),
            .email_verified = true,
            .roles = std::move(roles),
            .created_at = now,
            .updated_at = now,
            .last_login_at = {}};
}

}  // namespace mb::usecases
