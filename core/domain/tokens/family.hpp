#pragma once

#include "core/domain/base/id.hpp"
#include "core/domain/base/instant.hpp"
#include "core/domain/identity/user.hpp"
#include "core/domain/notify/language.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace mb::tokens {

using family_id = id<struct family_tag>;
using token_id = id<struct token_tag>;  ///< the `jti` of a token

enum class revocation_reason : std::uint8_t { logout, global_logout, stolen, password_reset, admin, restored_backup };
std::string_view name_of(revocation_reason reason) noexcept;  ///< as the column refresh_token_families.revoked_reason
std::optional<revocation_reason> revocation_reason_named(std::string_view name) noexcept;

/// All tokens that descend from one login. Its head is the only refresh token that may be spent.
struct family {
    family_id id;
    identity::user_id owner;
    std::string kid;       ///< key that signed the head
    token_id current_jti;  ///< the head
    std::optional<token_id> prev_jti;
    token_id access_jti;
    std::optional<token_id> prev_access_jti;
    std::optional<instant> rotated_at;
    identity::ip_hash ip;
    std::string user_agent;
    instant created_at{};
    instant last_used_at{};
    instant expires_at{};
    std::optional<instant> revoked_at;
    std::optional<revocation_reason> revoked_reason;
};

struct token_policy {
    std::chrono::seconds access_life{900};
    std::chrono::seconds refresh_life{std::chrono::days{7}};
    /// How long the access token that a rotation replaced stays good (decisions.md #10). Never past a revocation.
    duration access_overlap = std::chrono::seconds{10};
    /// How long the token that a rotation spent is answered with the very pair that the rotation gave (decisions.md #10). Zero: never. Whoever
    /// stole it can use it for so long too, unseen: for clients that lose answers and can't log in again.
    duration refresh_replay{};
    notify::language tongue = notify::language::es;  ///< of what an owner is told who did not ask
    duration warning_life = std::chrono::hours{24};  ///< how long it is worth sending
};

/// One use of a refresh token.
struct refresh_attempt {
    token_id presented;
    instant arrived;  ///< when the request reached this server
    instant now;      ///< when the decision is taken, inside the transaction
};

struct refresh_granted {
    family rotated;
    bool replayed = false;  ///< `rotated` is as it was held: there is nothing to save, and its head is written again
};
enum class refresh_refusal : std::uint8_t {
    expired,
    revoked,
    concurrent,  ///< lost a race that it had entered before the rotation: nothing is revoked
    stolen       ///< a spent token came back: the caller must revoke the family
};

/// Decides one refresh attempt. Pure: same inputs, same answer; draws no time and no randomness.
/// A family is dead AT `expires_at`, not one tick later; a replay ends AT its limit, and with the next rotation.
/// @param next_refresh, next_access  identities of the pair to issue; @param kid  the key that will sign it.
/// @source RFC 9700 section 4.14.2 (rotation), RFC 6749 section 6 (refresh), decisions.md #10 (the race).
std::variant<refresh_granted, refresh_refusal> decide_refresh(family const& held, refresh_attempt const& attempt, token_id next_refresh,
                                                              token_id next_access, std::string_view kid, token_policy const& policy);

/// Whether an access token of this family still opens doors.
enum class access_standing : std::uint8_t { good, replaced, revoked, expired };
access_standing decide_access(family const& held, token_id access_jti, token_policy const& policy, instant now) noexcept;

/// Ends a family once; a family that has ended keeps its first reason.
void revoke(family& held, revocation_reason reason, instant now) noexcept;

}  // namespace mb::tokens
