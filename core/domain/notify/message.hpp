#pragma once

#include "core/domain/base/id.hpp"
#include "core/domain/base/instant.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/identity/user.hpp"
#include "core/domain/notify/language.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mb::notify {

using message_id = id<struct message_tag>;

enum class message_kind : std::uint8_t {
    verify_email,         ///< carries a link
    already_registered,   ///< somebody tried to register an address that has an account
    reset_password,       ///< carries a link
    password_changed,     ///< the password was set anew, by a link or by its owner
    magic_link,           ///< carries a link
    link_attempts,        ///< somebody showed wrong secrets for a link of the owner's
    factor_added,         ///< from now on logging in takes a second step
    factor_removed,       ///< it no longer does
    factor_attempts,      ///< somebody got past the first step and failed at the second, too often
    recovery_code_used,   ///< a code of those that are kept for a lost telephone
    recovery_codes_made,  ///< new ones, in the place of the old
    password_attempts,    ///< so many wrong passwords in a row that only a new one is looked at
    new_device,           ///< somebody logged in with a browser that the account was not known by
    token_theft           ///< a spent refresh token came back: its session has ended everywhere
};
inline constexpr std::array message_kinds{message_kind::verify_email,       message_kind::already_registered,  message_kind::reset_password,
                                          message_kind::password_changed,   message_kind::magic_link,          message_kind::link_attempts,
                                          message_kind::factor_added,       message_kind::factor_removed,      message_kind::factor_attempts,
                                          message_kind::recovery_code_used, message_kind::recovery_codes_made, message_kind::password_attempts,
                                          message_kind::new_device,         message_kind::token_theft};
std::string_view name_of(message_kind kind) noexcept;
std::optional<message_kind> message_kind_named(std::string_view name) noexcept;

/// A mail as a value; its text is made by whoever sends it.
struct message {
    message_id id;
    message_kind kind = message_kind::verify_email;
    identity::email recipient;
    language tongue = language::es;
    secret link_token;  ///< empty where the kind carries no link
    instant created_at{};
    instant expires_at{};  ///< not worth sending afterwards
};

}  // namespace mb::notify
