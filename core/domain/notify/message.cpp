#include "core/domain/notify/message.hpp"

namespace mb::notify {

std::string_view name_of(message_kind kind) noexcept { return kind == message_kind::verify_email ? "verify_email" : "already_registered"; }

std::optional<message_kind> message_kind_named(std::string_view name) noexcept
{
    for (auto const kind : {message_kind::verify_email, message_kind::already_registered})
        if (name == name_of(kind)) return kind;
    return std::nullopt;
}

std::string_view name_of(language tongue) noexcept { return tongue == language::es ? "es" : "en"; }

}  // namespace mb::notify
