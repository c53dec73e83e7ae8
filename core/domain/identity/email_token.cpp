#include "core/domain/identity/email_token.hpp"

#include <algorithm>

namespace mb::identity {
namespace {

constexpr std::size_t proof_bytes = 32;

void block(email_token& link, link_block why, instant now)
{
    if (link.blocked_at) return;
    link.blocked_at = now;
    link.blocked_reason = name_of(why);
}

std::string_view as_text(digest const& bytes) noexcept { return {reinterpret_cast<char const*>(bytes.data()), bytes.size()}; }

}  // namespace

std::string_view name_of(email_token_type type) noexcept
{
    switch (type) {
        case email_token_type::verify_email: return "VERIFY_EMAIL";
        case email_token_type::password_reset: return "PASSWORD_RESET";
        case email_token_type::magic_link: return "MAGIC_LINK";
    }
    return "VERIFY_EMAIL";
}

std::optional<email_token_type> email_token_type_named(std::string_view name) noexcept
{
    for (auto const type : {email_token_type::verify_email, email_token_type::password_reset, email_token_type::magic_link})
        if (name == name_of(type)) return type;
    return std::nullopt;
}

std::string_view name_of(link_block why) noexcept
{
    switch (why) {
        case link_block::max_failed_attempts: return "MAX_FAILED_ATTEMPTS";
        case link_block::ip_mismatch: return "IP_MISMATCH";
        case link_block::suspicious_activity: return "SUSPICIOUS_ACTIVITY";
        case link_block::superseded: return "SUPERSEDED";
    }
    return "SUSPICIOUS_ACTIVITY";
}

std::string_view name_of(link_refusal why) noexcept
{
    switch (why) {
        case link_refusal::wrong_type: return "wrong_type";
        case link_refusal::wrong_secret: return "wrong_secret";
        case link_refusal::used: return "used";
        case link_refusal::expired: return "expired";
        case link_refusal::blocked: return "blocked";
        case link_refusal::cooling: return "cooling";
        case link_refusal::other_address: return "other_address";
    }
    return "wrong_type";
}

std::optional<presented_email_token> parse_email_token(std::string_view text)
{
    if (text.size() > 128) return std::nullopt;
    auto bytes = parse_base64url(text);
    presented_email_token token;
    if (!bytes || bytes->size() != token.id.bytes.size() + proof_bytes) return std::nullopt;
    std::copy_n(bytes->begin(), token.id.bytes.size(), token.id.bytes.begin());
    token.proof = secret{std::string_view{*bytes}.substr(token.id.bytes.size())};
    wipe(bytes->data(), bytes->size());
    return token;
}

secret format_email_token(email_token_id id, secret const& proof)
{
    std::string bytes(id.bytes.begin(), id.bytes.end());
    bytes += proof.reveal();
    auto text = base64url(bytes);
    wipe(bytes.data(), bytes.size());
    return secret{std::move(text)};
}

std::variant<link_accepted, link_refusal> decide_link(email_token const& link, email_token_type wanted, digest const& presented,
                                                      std::optional<ip_hash> const& from, instant now) noexcept
{
    if (link.type != wanted) return link_refusal::wrong_type;
    if (link.blocked_at) return link_refusal::blocked;
    if (link.cooling_until && now < *link.cooling_until) return link_refusal::cooling;
    if (!same_bytes(as_text(link.secret_digest), as_text(presented))) return link_refusal::wrong_secret;
    if (link.used_at) return link_refusal::used;
    if (now >= link.expires_at) return link_refusal::expired;
    bool const same_address = from ? *from == link.requested_from : link.requested_from.text.empty();
    if (link.failed_attempts > 0 && !same_address) return link_refusal::other_address;
    return link_accepted{};
}

void spend(email_token& link, std::optional<ip_hash> from, std::string_view user_agent, instant now)
{
    link.used_at = now;
    link.used_from = std::move(from);
    link.used_user_agent = user_agent;
    link.last_attempt_at = now;
}

void note_refusal(email_token& link, link_refusal why, link_policy const& policy, instant now)
{
    link.last_attempt_at = now;
    if (why == link_refusal::other_address) block(link, link_block::ip_mismatch, now);
    if (why != link_refusal::wrong_secret) return;
    ++link.failed_attempts;
    auto wait = policy.cool_down;
    for (int i = 1; i < link.failed_attempts && wait < policy.cool_down_max; ++i) wait *= 2;
    link.cooling_until = now + std::min(wait, policy.cool_down_max);
    if (now < link.expires_at) link.expires_at = now + (link.expires_at - now) / 2;
    if (link.failed_attempts >= link.max_attempts) block(link, link_block::max_failed_attempts, now);
}

void note_validation(email_token& link, link_policy const& policy, instant now)
{
    link.last_attempt_at = now;
    if (++link.validations > policy.validations_max) block(link, link_block::suspicious_activity, now);
}

bool decide_alarm(std::size_t failures, link_policy const& policy) noexcept { return failures >= policy.failures_max; }

}  // namespace mb::identity
