#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/identity/user.hpp"
#include "core/domain/tokens/claims.hpp"
#include "core/domain/tokens/family.hpp"
#include "core/usecases/identity/known_device.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace mb::usecases {

/// What a login or a refresh gives to its client.
struct token_pair {
    std::string access_token;
    std::chrono::seconds expires_in;  ///< of the access token, from when it was issued
    secret refresh_token;
    instant refresh_expires_at;  ///< when the refresh token is refused from; a whole second
    identity::user user;
    tokens::family_id family;
    std::optional<device_cookie> device{};  ///< where this was a login
};

/// A new family, whose head has not been written yet.
tokens::family start_family(identity::user_id owner, tokens::signing_key const& key, audit::origin const& from, ports::randomness const& random,
                            tokens::token_policy const& policy, instant now);

/// Writes the two tokens that are the head of `held`.
/// @param key  the one that `held.kid` names.
/// @param now  when the family was started or rotated. Tokens count in whole seconds, so they end up to one second before the family does.
token_pair issue(tokens::family const& held, identity::user const& owner, tokens::signing_key const& key, ports::token_codec const& codec,
                 tokens::token_policy const& policy, instant now);

}  // namespace mb::usecases
