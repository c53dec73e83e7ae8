#include "core/domain/tokens/session.hpp"

namespace mb::tokens {

std::string_view name_of(session_end why) noexcept
{
    switch (why) {
        case session_end::logout: return "logout";
        case session_end::global_logout: return "global_logout";
        case session_end::password_reset: return "password_reset";
        case session_end::admin: return "admin";
        case session_end::restored_backup: return "restored_backup";
        case session_end::expired: return "expired";
        case session_end::other_address: return "other_address";
    }
    return "admin";
}

std::optional<session_end> session_end_named(std::string_view name) noexcept
{
    for (auto const why : {session_end::logout, session_end::global_logout, session_end::password_reset, session_end::admin,
                           session_end::restored_backup, session_end::expired, session_end::other_address})
        if (name == name_of(why)) return why;
    return std::nullopt;
}

session_standing decide_session(session const& held, std::optional<identity::ip_hash> const& from, session_policy const& policy, instant now) noexcept
{
    if (held.revoked_at) return session_standing::revoked;
    if (now >= held.expires_at || now >= held.last_seen_at + policy.idle_max) return session_standing::expired;
    bool const same_address = from ? *from == held.ip : held.ip.text.empty();
    if (same_address || policy.binding == address_binding::off) return session_standing::good;
    return policy.binding == address_binding::strict ? session_standing::other_address : session_standing::moved;
}

void end(session& held, session_end why, instant now) noexcept
{
    if (held.revoked_at) return;
    held.revoked_at = now;
    held.revoked_reason = why;
}

}  // namespace mb::tokens
