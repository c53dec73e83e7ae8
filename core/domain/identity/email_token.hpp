#pragma once

#include "core/domain/base/id.hpp"
#include "core/domain/base/instant.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/identity/link_policy.hpp"
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
    request_source source = request_source::web;
    std::optional<instant> mailed_at;
    std::optional<instant> used_at;
    std::optional<ip_hash> used_from;
    std::optional<std::string> used_user_agent;
    int failed_attempts = 0;
    int max_attempts = 3;
    int validations = 0;  ///< how often it was found good without being used
    std::optional<instant> last_attempt_at;
    std::optional<instant> cooling_until;  ///< not looked at before
    std::optional<instant> blocked_at;
    std::optional<std::string> blocked_reason;  ///< a name of link_block
};

/// Why a link was blocked.
enum class link_block : std::uint8_t {
    max_failed_attempts,
    ip_mismatch,
    suspicious_activity,
    superseded  ///< what it was for has been done in another way
};
std::string_view name_of(link_block why) noexcept;  ///< MAX_FAILED_ATTEMPTS, IP_MISMATCH, SUSPICIOUS_ACTIVITY, SUPERSEDED

/// The two halves of a link's token as its holder presents it.
struct presented_email_token {
    email_token_id id;
    secret proof;  ///< 32 bytes
};
std::optional<presented_email_token> parse_email_token(std::string_view text);
secret format_email_token(email_token_id id, secret const& proof);

enum class link_refusal : std::uint8_t {
    wrong_type,
    wrong_secret,
    used,
    expired,
    blocked,
    cooling,       ///< a wrong secret was shown a moment ago: nothing is looked at before `cooling_until`
    other_address  ///< wrong secrets were shown before, and now the right one, but not from where the link was asked for
};
std::string_view name_of(link_refusal why) noexcept;  ///< as written into the metadata of an event
struct link_accepted {};

/// Decides one use of a mailed link. Pure.
/// @param presented  digest of the secret that was presented. @param from  where from.
/// A link is dead AT `expires_at`, not one tick later. (seed 002 section 2)
std::variant<link_accepted, link_refusal> decide_link(email_token const& link, email_token_type wanted, digest const& presented,
                                                      std::optional<ip_hash> const& from, instant now) noexcept;

/// Notes the one use of a link.
void spend(email_token& link, std::optional<ip_hash> from, std::string_view user_agent, instant now);
/// Notes a use that was refused: the time of each. A wrong secret is counted: it halves what is left of the link's life, lets it cool down,
/// longer each time, and blocks it at `max_attempts`. Another address blocks it at once.
void note_refusal(email_token& link, link_refusal why, link_policy const& policy, instant now);
/// Notes that a link was found good and not used; blocks it past `validations_max`.
void note_validation(email_token& link, link_policy const& policy, instant now);

/// Whether so many wrong secrets were shown for the links of one account that all of them end.
bool decide_alarm(std::size_t failures, link_policy const& policy) noexcept;

}  // namespace mb::identity
