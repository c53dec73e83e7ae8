#include "core/usecases/identity/request_reset.hpp"

namespace mb::usecases {

outcome<answer<done>> request_reset::operator()(std::string_view email, notify::language tongue, audit::origin const& from) const
{
    return request_link(with_, identity::email_token_type::password_reset, audit::event_type::reset_requested, email, tongue, from);
}

}  // namespace mb::usecases
