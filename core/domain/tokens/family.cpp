#include "core/domain/tokens/family.hpp"

#include <array>

namespace mb::tokens {

std::string_view name_of(revocation_reason reason) noexcept
{
    switch (reason) {
        case revocation_reason::logout: return "logout";
        case revocation_reason::global_logout: return "global_logout";
        case revocation_reason::stolen: return "stolen";
        case revocation_reason::password_reset: return "password_reset";
        case revocation_reason::admin: return "admin";
        case revocation_reason::restored_backup: return "restored_backup";
    }
    return "admin";
}

std::optional<revocation_reason> revocation_reason_named(std::string_view name) noexcept
{
    for (auto const reason : {revocation_reason::logout, revocation_reason::global_logout, revocation_reason::stolen,
                              revocation_reason::password_reset, revocation_reason::admin, revocation_reason::restored_backup})
        if (name == name_of(reason)) return reason;
    return std::nullopt;
}

std::variant<refresh_granted, refresh_refusal> decide_refresh(family const& held, refresh_attempt const& attempt, token_id next_refresh,
                                                              token_id next_access, std::string_view kid, token_policy const& policy)
{
    if (held.revoked_at) return refresh_refusal::revoked;
    if (attempt.now >= held.expires_at) return refresh_refusal::expired;
    if (attempt.presented != held.current_jti) {
        bool const just_spent = held.prev_jti == attempt.presented && held.rotated_at;
        // the loser of a race may have looked at its clock before the winner did: without this, no time at all would be enough for it
        bool const replays = policy.refresh_replay > duration{};
        if (just_spent && replays && attempt.now < *held.rotated_at + policy.refresh_replay) return refresh_granted{held, true};
        return just_spent && attempt.arrived <= *held.rotated_at ? refresh_refusal::concurrent : refresh_refusal::stolen;
    }
    family rotated = held;
    rotated.prev_jti = held.current_jti;
    rotated.current_jti = next_refresh;
    rotated.prev_access_jti = held.access_jti;
    rotated.access_jti = next_access;
    rotated.kid = kid;
    rotated.rotated_at = attempt.now;
    rotated.last_used_at = attempt.now;
    rotated.expires_at = attempt.now + policy.refresh_life;
    return refresh_granted{std::move(rotated), false};
}

access_standing decide_access(family const& held, token_id access_jti, token_policy const& policy, instant now) noexcept
{
    if (held.revoked_at) return access_standing::revoked;
    if (now >= held.expires_at) return access_standing::expired;
    if (access_jti == held.access_jti) return access_standing::good;
    if (access_jti == held.prev_access_jti && held.rotated_at && now < *held.rotated_at + policy.access_overlap) return access_standing::good;
    return access_standing::replaced;
}

void revoke(family& held, revocation_reason reason, instant now) noexcept
{
    if (held.revoked_at) return;
    held.revoked_at = now;
    held.revoked_reason = reason;
}

}  // namespace mb::tokens
