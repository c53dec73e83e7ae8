#include "core/usecases/mfa/disable_factor.hpp"

#include "core/usecases/identity/account.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<done>> disable_factor::operator()(notify::language tongue, caller const& who, audit::origin const& from) const
{
    using result = answer<done>;
    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    auto const mail = ports::new_id<notify::message_id>(random_, now);
    return ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto user, tx.users().find(who.user.id));
        if (!user || user->status != identity::user_status::active) return result{problem::invalid_token};
        if (!user->second_factor) return result{problem::second_factor_missing};
        if (auto stale = proofs_.refuse_unless_fresh(who, *user)) return result{*std::move(stale)};
        user->second_factor = false;
        user->updated_at = now;
        MB_CHECK(tx.users().update(*user));
        MB_CHECK(tx.second_factors().remove(user->id));
        MB_CHECK(tx.lockouts().clear(factor_lockout_identity(user->id, digests_), std::nullopt));
        MB_CHECK(tx.outbox().append({mail, notify::message_kind::factor_removed, user->address, tongue, {}, now, now + links_.warning_life}));
        MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::factor_removed, from, now), user->id, user->id)));
        return result{done{}};
    });
}

}  // namespace mb::usecases
