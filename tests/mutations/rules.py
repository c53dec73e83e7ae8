"""The security rules of identity, each with the text that enforces it and a text that turns it off.

The text before stands exactly once in its file (a test of every run sees to it); `tests` names the executables that have to notice.
"""

import dataclasses

UNIT = ("mb_unit_tests",)
ADAPTERS = ("mb_adapter_tests",)


@dataclasses.dataclass(frozen=True)
class Rule:
    says: str
    file: str
    before: str
    after: str = ""
    tests: tuple = UNIT


def identity(says, file, before, after="", **more):
    return Rule(says, f"core/domain/identity/{file}", before, after, **more)


def tokens(says, file, before, after="", **more):
    return Rule(says, f"core/domain/tokens/{file}", before, after, **more)


def access(says, file, before, after="", **more):
    return Rule(says, f"core/domain/access/{file}", before, after, **more)


def usecase(says, file, before, after="", **more):
    return Rule(says, f"core/usecases/{file}", before, after, **more)


def codec(says, before, after=""):
    return Rule(says, "adapters/openssl/openssl_token_codec.cpp", before, after, ADAPTERS)


LOCKOUT = [
    identity("a lock holds until its time is over", "lockout.cpp", "if (counter.locked_until && now < *counter.locked_until) return attempt_refused{*counter.locked_until};"),
    identity("the fifth failure locks", "lockout.cpp", "if (counter.failures >= policy.failures_max ||", "if (counter.failures > policy.failures_max ||"),
    identity("the hundredth failure in a row asks for a new password", "lockout.cpp", "if (wants_new_password(counter, policy, now)) return attempt_refused{now + policy.lock};"),
    identity("each guess counts", "lockout.cpp", "++counter.failures;"),
    usecase("a guess is counted before it is looked at", "identity/password_gate.cpp", "MB_CHECK(tx.lockouts().save(guess.counted));"),
    usecase("a guess at a factor is counted", "mfa/factor_check.cpp", "MB_CHECK(tx.lockouts().save(counted));"),
    usecase("a lock holds for links too", "identity/log_in_by_link.cpp", "if (!counter || !counter->locked_until || now >= *counter->locked_until) return found{};", "return found{};"),
    usecase("a lock that comes after the first step holds for the second", "mfa/verify_factor.cpp", "if (counter && counter->locked_until && now < *counter->locked_until) {", "if (false) {"),
]

PASSWORDS = [
    identity("a password has eight characters", "password.cpp", "if (count_code_points(password.reveal()) < policy.characters_min)", "if (false)"),
    identity("a password has at most 1,024 bytes", "password.cpp", "if (password.size() > policy.bytes_max)", "if (false)"),
    identity("no password of the block-list", "password.cpp", "if (estimate.block_listed)", "if (false)"),
    identity("no password that is easily guessed", "password.cpp", "else if (estimate.score < policy.score_min)", "else if (false)"),
    usecase("nobody's password costs a hash like somebody's", "identity/password_gate.cpp",
            "MB_TRY(auto const verdict, hasher_.verify(shown.password, has_password ? std::string_view{*guess.user->password_hash} : hasher_.decoy()));",
            "if (!has_password) return answer<judged_guess>{std::move(guess)};\n    MB_TRY(auto const verdict, hasher_.verify(shown.password, *guess.user->password_hash));"),
    usecase("a disabled account lets nobody in", "identity/password_gate.cpp", "bool const disabled = user->status != identity::user_status::active;", "bool const disabled = false;"),
    usecase("an unverified account lets nobody in", "identity/password_gate.cpp", "if (disabled || !user->email_verified) {", "if (disabled) {"),
    usecase("a password that was changed during the hash is no longer right", "identity/password_gate.cpp", " && user->password_hash == guess.user->password_hash;", ";"),
    usecase("a known address is not registered twice", "identity/register_user.cpp", "MB_CHECK(tx.outbox().append(reminder));\n        } else {", "MB_CHECK(tx.outbox().append(reminder));\n        }\n        {"),
    usecase("registering hashes for a known address too", "identity/register_user.cpp", "MB_TRY(auto hash, hasher_.hash(asked.password));", "std::string hash = \"mb1$\";"),
    usecase("a new password ends the sessions", "identity/new_password.cpp",
            "MB_TRY(auto const families, tx.families().revoke_all(owner.id, except, tokens::revocation_reason::password_reset, now));", "std::size_t const families = 0;"),
    usecase("a new password ends the links", "identity/new_password.cpp", "MB_CHECK(tx.email_tokens().block_all(owner.id, identity::link_block::superseded, now));"),
]

LINKS = [
    usecase("the owner of a stolen session is told", "tokens/refresh_session.cpp", "MB_CHECK(warn_owner(tx, held->owner, mail, policy_, now));"),
    usecase("an owner is told of an unknown browser", "identity/login_risk.cpp", "bool const tells = !notice.known_device && identity::is_worth_telling(habits, now);", "bool const tells = false;"),
    identity("a link serves one purpose", "email_token.cpp", "if (link.type != wanted) return link_refusal::wrong_type;"),
    identity("a blocked link is refused", "email_token.cpp", "if (link.blocked_at) return link_refusal::blocked;"),
    identity("a link cools down after a wrong secret", "email_token.cpp", "if (link.cooling_until && now < *link.cooling_until) return link_refusal::cooling;"),
    identity("a link needs its secret", "email_token.cpp", "if (!same_bytes(as_text(link.secret_digest), as_text(presented))) return link_refusal::wrong_secret;"),
    identity("a link is good once", "email_token.cpp", "if (link.used_at) return link_refusal::used;"),
    identity("a link ends", "email_token.cpp", "if (now >= link.expires_at) return link_refusal::expired;"),
    identity("after a failure a link is good at its address alone", "email_token.cpp", "if (link.failed_attempts > 0 && !same_address) return link_refusal::other_address;"),
    identity("a failure halves what is left of a link's life", "email_token.cpp", "if (now < link.expires_at) link.expires_at = now + (link.expires_at - now) / 2;"),
    identity("the third failure blocks a link", "email_token.cpp", "if (link.failed_attempts >= link.max_attempts) block(link, link_block::max_failed_attempts, now);"),
    identity("weak passwords are not tried without end with a link", "email_token.cpp", "if (++link.validations > policy.validations_max) block(link, link_block::suspicious_activity, now);"),
    identity("many failures are an alarm", "email_token.cpp", "return failures >= policy.failures_max;", "return failures > policy.failures_max;"),
    usecase("an alarm blocks every link of the owner", "identity/link_check.cpp", "MB_CHECK(tx.email_tokens().block_all(link->owner, identity::link_block::suspicious_activity, now));"),
    usecase("proving an address ends what a stranger had set up for it", "identity/log_in_by_link.cpp", "owner->password_hash.reset();"),
    usecase("a link leads to the second factor where there is one", "identity/log_in_by_link.cpp",
            "if (owner->second_factor) {\n        MB_TRY(auto next, proofs_.begin(*owner, tokens::shown_by::link, tokens::door::tokens));", "if (false) {\n        MB_TRY(auto next, proofs_.begin(*owner, tokens::shown_by::link, tokens::door::tokens));"),
    usecase("links are not asked for one after the other", "identity/link_request.cpp", "if (newest && now < newest->created_at + links.resend_interval) return refuse(\"too_soon\");"),
]

DEVICES = [
    identity("a device's cookie is ours", "device.cpp", "return ours && shown.claimed.owner == owner", "return shown.claimed.owner == owner"),
    identity("a device's cookie is its owner's", "device.cpp", "return ours && shown.claimed.owner == owner &&", "return ours &&"),
    identity("a device's cookie ends", "device.cpp", " && now < shown.claimed.expires_at;", ";"),
]

FACTORS = [
    identity("a code is good once", "totp.cpp", "if (last_step && *matched <= *last_step) return code_refusal::replayed;"),
    identity("a code of two steps is good once", "totp.cpp", "if (same && (!matched || each.step > *matched)) matched = each.step;", "if (same && !matched) matched = each.step;"),
    identity("a recovery code is good once", "recovery_code.cpp", "if (codes[*found].used_at) return recovery_refusal::used;"),
    usecase("the first step is bound to the account as it was", "mfa/proofs.cpp", "return begun.subject == who.id && same_bytes(begun.bound, bound_to(who));", "return begun.subject == who.id;"),
    usecase("a step-up is good in its session alone", "mfa/proofs.cpp", " || !who.session || claims->session != who.session) return found{};", ") return found{};"),
    tokens("a step-up is its owner's", "proof.cpp", " && shown->subject == who.who"),
    tokens("a step-up is its session's", "proof.cpp", "&& shown->session == who.session ", ""),
    tokens("a step-up ends", "proof.cpp", " && to_seconds(now) < shown->expires_at;", ";"),
    tokens("where there is a factor, a password is no step-up", "proof.cpp", "if (who.second_factor) return freshness::stale;"),
    usecase("a factor is shown before it is taken off", "mfa/disable_factor.cpp", "if (auto stale = proofs_.refuse_unless_fresh(who, *user)) return result{*std::move(stale)};"),
    usecase("a factor is shown before the password is changed", "identity/change_password.cpp", "if (who.user.second_factor && stale) return *stale;"),
    usecase("a factor is shown before an account is erased", "identity/erase_account.cpp", "if (auto stale = proofs_.refuse_unless_fresh(who, *user)) return result{*std::move(stale)};", "{}"),
]

SESSIONS = [
    tokens("a revoked family is not renewed", "family.cpp", "if (held.revoked_at) return refresh_refusal::revoked;"),
    tokens("a family ends", "family.cpp", "if (attempt.now >= held.expires_at) return refresh_refusal::expired;"),
    tokens("a spent refresh token is theft", "family.cpp", "if (attempt.presented != held.current_jti) {", "if (false) {"),
    tokens("an access token ends with its family", "family.cpp", "if (held.revoked_at) return access_standing::revoked;"),
    tokens("a replaced access token is refused", "family.cpp", "return access_standing::replaced;", "return access_standing::good;"),
    tokens("an access token that was replaced ends with its overlap", "family.cpp", " && now < *held.rotated_at + policy.access_overlap) return access_standing::good;", ") return access_standing::good;"),
    usecase("a family is renewed for its owner alone", "tokens/refresh_session.cpp", "if (!held || held->owner != claims.subject) return result{problem::invalid_token};", "if (!held) return result{problem::invalid_token};"),
    usecase("a disabled account is not renewed", "tokens/refresh_session.cpp", "if (!owner || owner->status != identity::user_status::active)", "if (!owner)"),
    usecase("one ends one's own sessions alone", "tokens/revoke_session.cpp", " || held->owner != who.user.id"),
    tokens("a classic session that was ended is refused", "session.cpp", "if (held.revoked_at) return session_standing::revoked;"),
    tokens("a classic session ends when it is not used", "session.cpp", " || now >= held.last_seen_at + policy.idle_max"),
    tokens("a classic session is bound to its address", "session.cpp", "return policy.binding == address_binding::strict ? session_standing::other_address : session_standing::moved;", "return session_standing::moved;"),
    tokens("a standby key signs nothing", "claims.cpp", " && key.state != key_state::standby"),
    tokens("a retired key ends", "claims.cpp", " && (!key.expires_at || now < *key.expires_at)"),
]

KEYS = [
    tokens("a revoked key is refused", "api_key.cpp", "if (held.revoked_at) return api_key_standing::revoked;"),
    tokens("a key ends", "api_key.cpp", "if (held.expires_at && now >= *held.expires_at) return api_key_standing::expired;"),
    usecase("a key of a disabled account is refused", "access/authenticate_key.cpp", " || live->owner.status != identity::user_status::active) return problem::invalid_token;", ") return problem::invalid_token;"),
    usecase("nobody makes a key that can do more than they can", "tokens/make_api_key.cpp", "if (!may_all(who, *read)) broken.push_back({pointer_to(\"/scopes\", i), violation_code::not_allowed_here, {}});"),
    usecase("a key made with a key doesn't outlive it", "tokens/make_api_key.cpp", "else if (most && *read > *most)", "else if (false)"),
    usecase("a key's scopes bound what its owner may do", "access/caller.cpp", "verdict.over = std::min(verdict.over, limit);"),
]

ROLES = [
    access("a permission is for its action", "role.cpp", "held.what == wanted.what && "),
    access("a permission is for its entity", "role.cpp", " && (!held.entity || held.entity == wanted.entity)"),
    access("own records are not all records", "role.cpp", " && held.over >= wanted.over"),
    usecase("what is somebody else's is not one's own", "access/caller.cpp", "if (verdict.allowed && verdict.over == access::reach::own && owner != who.user.id) return {false, \"ownership:deny\"};"),
    access("built-in roles don't change", "role_change.cpp", "if (stored.built_in) return problem::role_built_in;"),
    access("administering is given by who administers", "role_change.cpp", "if (wanted.administers && !administers_already && !may_give_administering(giver)) return {false, \"grant:deny\"};"),
    access("nobody gives what they don't hold", "role_change.cpp", "if (!had && !may_give(giver, each)) return {false, \"grant:deny\"};"),
    usecase("nobody appoints beyond their own powers", "identity/change_user.cpp", "if (auto const* beyond = first_beyond(roles, *before, who)) {", "if (auto const* beyond = first_beyond(roles, *before, who); false) {"),
    usecase("the last administrator stays one", "identity/change_user.cpp", "if (!others) return result{problem::last_admin};"),
    usecase("the last administrator is not erased", "identity/erase_account.cpp", "if (!others) return result{problem::last_admin};"),
    usecase("an account that is disabled loses its token", "access/authenticate.cpp", " || live->owner.status != identity::user_status::active) return problem::invalid_token;", ") return problem::invalid_token;"),
]

WIRE = [
    codec("a token is signed", "if (!same_bytes(presented_signature, signature_of(token.substr(0, second_dot), kind, *key))) return token_fault::wrong_signature;"),
    codec("a token is of its kind", "constexpr token_kind refresh_kind{\"rt+jwt\", \"metabuilder \", \"refresh\"};", "constexpr token_kind refresh_kind{\"at+jwt\", \"\", \"\"};"),
    codec("the algorithm is not the token's to choose", "if (alg == nullptr || *alg != \"HS256\" ||", "if (alg == nullptr ||"),
    codec("a header says nothing that we don't know", " || members->size() != 3) return std::nullopt;", ") return std::nullopt;"),
    codec("a token is for us, and by us", "if (*iss != issuer || *aud != audience) return token_fault::wrong_kind;"),
    codec("a token ends", "if (to_seconds(now) >= *exp) return token_fault::expired;"),
    codec("the key is named alike twice", "if (kid == nullptr || *kid != head->kid || iss", "if (kid == nullptr || iss"),
    Rule("a sealed secret is good in its place alone", "adapters/openssl/openssl_sealer.cpp",
         "MB_ASSERT(EVP_CipherUpdate(context.get(), nullptr, &ignored, raw(place), length_of(place)) == 1);", "", ADAPTERS),
    Rule("a cookie that comes twice is none", "adapters/http/cookies.cpp", "if (found) return std::nullopt;", "", ADAPTERS),
]

RULES = LOCKOUT + PASSWORDS + LINKS + DEVICES + FACTORS + SESSIONS + KEYS + ROLES + WIRE
