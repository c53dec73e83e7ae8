#include "core/usecases/identity/erase_account.hpp"

#include "core/usecases/access/record_denial.hpp"
#include "core/usecases/identity/account.hpp"
#include "core/usecases/identity/last_admin.hpp"

#include <optional>
#include <string>

namespace mb::usecases {

outcome<answer<done>> erase_account::operator()(identity::user_id target, caller const& who, audit::origin const& from) const
{
    using result = answer<done>;
    bool const own = target == who.user.id;
    if (!own) {
        MB_TRY(auto const refused, refuse_unless_administers(who, from, store_, clock_, random_));
        if (refused) return *refused;
    }
    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    // the last row says nothing of the owner either: who asked for it is known where that was somebody else
    auto origin = from;
    if (own) {
        origin.ip.reset();
        origin.user_agent = {};
    }
    return ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto const user, tx.users().find(target));
        if (!user) return result{problem::user_not_found};
        if (own)
            if (auto stale = proofs_.refuse_unless_fresh(who, *user)) return result{*std::move(stale)};
        if (is_active_admin(*user)) {
            MB_TRY(bool const others, others_administer(tx));
            if (!others) return result{problem::last_admin};
        }
        MB_CHECK(tx.lockouts().clear(lockout_identity(&*user, "", digests_), std::nullopt));
        MB_CHECK(tx.lockouts().clear(factor_lockout_identity(target, digests_), std::nullopt));
        MB_TRY(auto const mails, tx.outbox().erase(user->address));
        MB_CHECK(tx.dossiers().erase(target, now));
        MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::account_erased, origin, now), std::nullopt,
                                                own ? std::nullopt : std::optional(who.user.id),
                                                {{"initiatedBy", own ? "owner" : who.user.id.text()}, {"mails", std::to_string(mails)}})));
        return result{done{}};
    });
}

}  // namespace mb::usecases
