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
    }
    return "verify_email";
}

std::optional<message_kind> message_kind_named(std::string_view name) noexcept
{
    for (auto const kind : {message_kind::verify_email, message_kind::already_registered, message_kind::reset_password,
                            message_kind::password_changed, message_kind::magic_link, message_kind::link_attempts})
        if (name == name_of(kind)) return kind;
    return std::nullopt;
}

std::string_view name_of(language tongue) noexcept { return tongue == language::es ? "es" : "en"; }

}  // namespace mb::notify
