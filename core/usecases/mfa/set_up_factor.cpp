#include "core/usecases/mfa/set_up_factor.hpp"

#include "core/domain/base/base32.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<factor_offer>> set_up_factor::operator()(caller const& who, audit::origin const& from) const
{
    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    identity::totp_factor const drawn{who.user.id, ports::new_secret(random_, identity::totp_key_bytes)};
    MB_TRY(auto const said, ports::transact(store_, [&](ports::transaction& tx) -> outcome<answer<identity::email>> {
               MB_TRY(auto const user, tx.users().find(who.user.id));
               if (!user || user->status != identity::user_status::active) return answer<identity::email>{problem::invalid_token};
               if (user->second_factor) return answer<identity::email>{problem::second_factor_exists};
               MB_CHECK(tx.second_factors().save(drawn));
               MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::factor_begun, from, now), user->id, user->id)));
               return answer<identity::email>{user->address};
           }));
    auto const* address = said.granted();
    if (address == nullptr) return said.refusal<factor_offer>();
    return answer<factor_offer>{factor_offer{secret{base32(drawn.key.reveal())}, identity::otpauth_uri(drawn.key, *address, policy_)}};
}

}  // namespace mb::usecases
