#include "core/usecases/identity/unlock_user.hpp"

#include "core/usecases/access/record_denial.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<account>> unlock_user::operator()(identity::user_id target, caller const& who, audit::origin const& from) const
{
    MB_TRY(auto const refused, refuse_unless_administers(who, from, store_, clock_, random_));
    if (refused) return *refused;
    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    return ports::transact(store_, [&](ports::transaction& tx) -> outcome<answer<account>> {
        MB_TRY(auto user, tx.users().find(target));
        if (!user) return answer<account>{problem::user_not_found};
        MB_CHECK(tx.lockouts().clear(lockout_identity(&*user, "", digests_), std::nullopt));
        MB_CHECK(tx.lockouts().clear(factor_lockout_identity(user->id, digests_), std::nullopt));
        MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::account_unlocked, from, now), user->id, who.user.id)));
        return answer<account>{account{*std::move(user), std::nullopt}};
    });
}

}  // namespace mb::usecases
