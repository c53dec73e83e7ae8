#include "core/usecases/identity/send_magic_link.hpp"

namespace mb::usecases {

outcome<answer<done>> send_magic_link::operator()(std::string_view email, notify::language tongue, audit::origin const& from) const
{
    return request_link(with_, identity::email_token_type::magic_link, audit::event_type::magic_link_sent, email, tongue, from);
}

}  // namespace mb::usecases
