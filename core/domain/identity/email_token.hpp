#pragma once

#include "core/domain/base/id.hpp"
#include "core/domain/base/instant.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/identity/user.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace mb::identity {

using digest = std::array<std::uint8_t, 32>;  ///< SHA-256 or HMAC-SHA-256
using email_token_id = id<struct email_token_tag>;

enum class email_token_type : std::uint8_t { verify_email, password_reset, magic_link };
std::string_view name_of(email_token_type type) noexcept;  ///< VERIFY_EMAIL, PASSWORD_RESET, MAGIC_LINK
std::optional<email_token_type> email_token_type_named(std::string_view name) noexcept;

/// A link sent by mail. Its text is base64url(id, 32 secret bytes); only the digest of the secret is kept (seed 002 section 2).
struct email_token {
    email_token_id id;
    user_id owner;
    email_token_type type = email_token_type::verify_email;
    digest secret_digest{};
    instant created_at{};
    instant expires_at{};
    ip_hash requested_from;
    std::string user_agent;
    std::optional<instant> used_at;
    std::optional<ip_hash> used_from;
    std::optional<std::string> used_user_agent;
    int failed_attempts = 0;
    int max_attempts = 3;
    std::optional<instant> last_attempt_at;
    std::optional<instant> blocked_at;
    std::optional<std::string> blocked_reason;  ///< MAX_FAILED_ATTEMPTS, IP_MISMATCH, SUSPICIOUS_ACTIVITY
};

/// The two halves of a link's token as its holder presents it.
struct presented_email_token {
    email_token_id id;
    secret proof;  ///< 32 bytes
};
std::optional<presented_email_token> parse_email_token(std::string_view text);
secret format_email_token(email_token_id id, secret const& proof);

enum class link_refusal : std::uint8_t { wrong_type, wrong_secret, used, expired, blocked };
std::string_view name_of(link_refusal why) noexcept;  ///< as written into the metadata of an event
struct link_accepted {};

/// Decides one use of a mailed link. Pure.
/// @param presented  digest of the secret that was presented.
/// A link is dead AT `expires_at`, not one tick later; a wrong secret counts as a failed attempt and blocks at `max_attempts`.
std::variant<link_accepted, link_refusal> decide_link(email_token const& link, email_token_type wanted, digest const& presented,
                                                      instant now) noexcept;

/// Notes the one use of a link.
void spend(email_token& link, std::optional<ip_hash> from, std::string_view user_agent, instant now);
/// Notes a use that was refused: the time of each, and the count of wrong secrets up to the block.
void note_refusal(email_token& link, link_refusal why, instant now);

}  // namespace mb::identity
