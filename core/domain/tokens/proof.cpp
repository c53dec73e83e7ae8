#include "core/domain/tokens/proof.hpp"

namespace mb::tokens {

std::string_view name_of(proof_kind kind) noexcept { return kind == proof_kind::mfa_session ? "mfa_session" : "step_up"; }

std::string_view name_of(shown_by how) noexcept
{
    switch (how) {
        case shown_by::password: return "pwd";
        case shown_by::link: return "mail";
        case shown_by::totp: return "otp";
        case shown_by::recovery_code: return "recovery";
    }
    return "pwd";
}

std::optional<shown_by> shown_by_named(std::string_view name) noexcept
{
    for (auto const how : {shown_by::password, shown_by::link, shown_by::totp, shown_by::recovery_code})
        if (name == name_of(how)) return how;
    return std::nullopt;
}

std::string_view name_of(door leads_to) noexcept { return leads_to == door::tokens ? "tokens" : "session"; }

std::optional<door> door_named(std::string_view name) noexcept
{
    for (auto const each : {door::tokens, door::session})
        if (name == name_of(each)) return each;
    return std::nullopt;
}

freshness decide_freshness(asking const& who, proof_claims const* shown, proof_policy const& policy, instant now) noexcept
{
    bool const holds = shown != nullptr && who.session && shown->kind == proof_kind::step_up && shown->subject == who.who
                       && shown->session == who.session && to_seconds(now) < shown->expires_at;
    bool const by_factor = holds && (shown->how == shown_by::totp || shown->how == shown_by::recovery_code);
    if (by_factor) return freshness::fresh;
    if (who.second_factor) return freshness::stale;
    if (holds) return freshness::fresh;
    return who.entered_at && now < *who.entered_at + policy.login_fresh ? freshness::fresh : freshness::stale;
}

}  // namespace mb::tokens
