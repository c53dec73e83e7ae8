#pragma once

#include "core/domain/base/instant.hpp"
#include "core/domain/identity/user.hpp"
#include "core/domain/tokens/family.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mb::tokens {

/// Tokens that live for minutes, are not stored, and open no door by themselves (seed 004 phase 5.6).
enum class proof_kind : std::uint8_t {
    mfa_session,  ///< the first step of a login was done: only the second step takes it
    step_up       ///< somebody has just shown again who they are: goes beside the access token of the same session
};
std::string_view name_of(proof_kind kind) noexcept;  ///< as the claim `type`: mfa_session, step_up

/// What was shown (RFC 8176, with two names of our own).
enum class shown_by : std::uint8_t { password, link, totp, recovery_code };
std::string_view name_of(shown_by how) noexcept;  ///< as the claim `amr`: pwd, mail, otp, recovery
std::optional<shown_by> shown_by_named(std::string_view name) noexcept;

/// What a login in two steps leads to.
enum class door : std::uint8_t { tokens, session };
std::string_view name_of(door leads_to) noexcept;  ///< as the claim `door`
std::optional<door> door_named(std::string_view name) noexcept;

struct proof_claims {
    proof_kind kind = proof_kind::mfa_session;
    identity::user_id subject;
    token_id jti;
    std::string kid;
    shown_by how = shown_by::password;
    std::optional<family_id> session{};  ///< step_up: the one session that it is good in
    door leads_to = door::tokens;        ///< mfa_session
    std::string bound{};                 ///< mfa_session: of the password that was shown, so that a new one ends what the old one began
    std::int64_t issued_at = 0;          ///< seconds since the epoch
    std::int64_t expires_at = 0;         ///< refused from this second on
};

struct proof_policy {
    std::chrono::seconds mfa_session_life{300};
    std::chrono::seconds step_up_life{600};
    /// How long a login counts as a fresh proof by itself, for an account without a second factor.
    duration login_fresh = std::chrono::minutes{10};
};

/// Who asks for what takes a fresh proof.
struct asking {
    identity::user_id who;
    bool second_factor = false;
    std::optional<family_id> session;   ///< none for an API key
    std::optional<instant> entered_at;  ///< when the session began
};

enum class freshness : std::uint8_t { fresh, stale };

/// Whether what was shown is fresh enough for what must not be done with a stolen session (ASVS 7.5.1). With a second factor: a step-up token
/// that the factor gave. Without: one that the password gave, or a login of a moment ago. A proof is good in its own session only, and stale
/// AT the end of its time.
/// @param shown  a step-up token with a good signature that has not expired; null where there is none.
freshness decide_freshness(asking const& who, proof_claims const* shown, proof_policy const& policy, instant now) noexcept;

}  // namespace mb::tokens
