#include "core/usecases/mfa/renew_recovery_codes.hpp"

#include "core/usecases/mfa/recovery_set.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<recovery_codes>> renew_recovery_codes::operator()(notify::language tongue, caller const& who, audit::origin const& from) const
{
    using result = answer<done>;
    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    auto const mail = ports::new_id<notify::message_id>(random_, now);
    auto drawn = draw_recovery_set(who.user.id, random_, digests_, now);
    MB_TRY(
        auto const said, ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
            MB_TRY(auto const user, tx.users().find(who.user.id));
            if (!user || user->status != identity::user_status::active) return result{problem::invalid_token};
            if (!user->second_factor) return result{problem::second_factor_missing};
            if (auto stale = proofs_.refuse_unless_fresh(who, *user)) return result{*std::move(stale)};
            MB_CHECK(tx.second_factors().replace_recovery_codes(user->id, drawn.rows));
            MB_CHECK(
                tx.outbox().append({mail, notify::message_kind::recovery_codes_made, user->address, tongue, {}, now, now + links_.warning_life}));
            MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::recovery_codes_made, from, now), user->id, user->id)));
            return result{done{}};
        }));
    if (said.granted() == nullptr) return said.refusal<recovery_codes>();
    return answer<recovery_codes>{recovery_codes{std::move(drawn.texts)}};
}

}  // namespace mb::usecases
