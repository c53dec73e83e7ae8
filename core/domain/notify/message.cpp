#include "core/domain/notify/message.hpp"

namespace mb::notify {

std::string_view name_of(message_kind kind) noexcept
{
    switch (kind) {
        case message_kind::verify_email: return "verify_email";
        case message_kind::already_registered: return "already_registered";
        case message_kind::reset_password: return "reset_password";
        case message_kind::password_changed: return "password_changed";
        case message_kind::magic_link: return "magic_link";
        case message_kind::link_attempts: return "link_attempts";
        case message_kind::factor_added: return "factor_added";
        case message_kind::factor_removed: return "factor_removed";
        case message_kind::factor_attempts: return "factor_attempts";
        case message_kind::recovery_code_used: return "recovery_code_used";
        case message_kind::recovery_codes_made: return "recovery_codes_made";
        case message_kind::password_attempts: return "password_attempts";
        case message_kind::new_device: return "new_device";
        case message_kind::token_theft: return "token_theft";
    }
    return "verify_email";
}

std::optional<message_kind> message_kind_named(std::string_view name) noexcept
{
    for (auto const kind : message_kinds)
        if (name == name_of(kind)) return kind;
    return std::nullopt;
}

std::string_view name_of(language tongue) noexcept { return tongue == language::es ? "es" : "en"; }

}  // namespace mb::notify
