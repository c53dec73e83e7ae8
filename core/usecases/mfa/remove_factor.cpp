#include "core/usecases/mfa/remove_factor.hpp"

#include "core/usecases/access/record_denial.hpp"
#include "core/usecases/identity/account.hpp"

#include <string>

namespace mb::usecases {

outcome<answer<done>> remove_factor::operator()(identity::user_id target, caller const& who, audit::origin const& from) const
{
    using result = answer<done>;
    MB_TRY(auto const refused, refuse_unless_administers(who, from, store_, clock_, random_));
    if (refused) return *refused;
    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    auto const mail = ports::new_id<notify::message_id>(random_, now);
    return ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto user, tx.users().find(target));
        if (!user) return result{problem::user_not_found};
        if (!user->second_factor) return result{problem::second_factor_missing};
        user->second_factor = false;
        user->updated_at = now;
        MB_CHECK(tx.users().update(*user));
        MB_CHECK(tx.second_factors().remove(target));
        MB_CHECK(tx.lockouts().clear(factor_lockout_identity(target, digests_), std::nullopt));
        MB_TRY(auto const families, tx.families().revoke_all(target, std::nullopt, tokens::revocation_reason::admin, now));
        MB_TRY(auto const sessions, tx.sessions().end_all(target, tokens::session_end::admin, now));
        MB_CHECK(tx.outbox().append({mail, notify::message_kind::factor_removed, user->address, links_.tongue, {}, now, now + links_.warning_life}));
        MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::factor_removed, from, now), target, who.user.id,
                                                {{"initiatedBy", "administrator"}, {"sessions", std::to_string(families + sessions)}})));
        return result{done{}};
    });
}

}  // namespace mb::usecases
