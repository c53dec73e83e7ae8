#include "apps/composition/policies.hpp"

#include <algorithm>
#include <chrono>

namespace mb::composition {
namespace {

tokens::address_binding binding_of(config::ip_binding chosen) noexcept
{
    switch (chosen) {
        case config::ip_binding::strict: return tokens::address_binding::strict;
        case config::ip_binding::log: return tokens::address_binding::log;
        case config::ip_binding::off: return tokens::address_binding::off;
    }
    return tokens::address_binding::strict;
}

}  // namespace

policies policies_of(config::settings const& settings)
{
    policies made;
    made.passwords.characters_min = std::max(settings.password_min, settings.password_min_single_factor);
    made.lockout.failures_max = settings.lockout_failures;
    made.lockout.lock = settings.lockout_duration;
    made.links.tongue = settings.tongue;
    made.lockout.tongue = settings.tongue;
    made.tokens.access_life = std::chrono::floor<std::chrono::seconds>(settings.access_life);
    made.tokens.refresh_life = std::chrono::floor<std::chrono::seconds>(settings.refresh_life);
    made.tokens.access_overlap = settings.access_overlap;
    made.tokens.refresh_replay = settings.refresh_replay;
    made.tokens.tongue = settings.tongue;
    made.totp.issuer = settings.mfa_issuer;
    made.sessions.life = made.tokens.refresh_life;
    made.sessions.binding = binding_of(settings.session_ip);
    return made;
}

}  // namespace mb::composition
