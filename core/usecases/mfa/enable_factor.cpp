#include "core/usecases/mfa/enable_factor.hpp"

#include "core/usecases/mfa/recovery_set.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<recovery_codes>> enable_factor::operator()(std::string_view code, notify::language tongue, caller const& who,
                                                          audit::origin const& from) const
{
    using result = answer<done>;
    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    auto const mail = ports::new_id<notify::message_id>(random_, now);
    auto drawn = draw_recovery_set(who.user.id, random_, digests_, now);

    MB_TRY(
        auto const said, ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
            MB_TRY(auto user, tx.users().find(who.user.id));
            if (!user || user->status != identity::user_status::active) return result{problem::invalid_token};
            if (user->second_factor) return result{problem::second_factor_exists};
            if (auto stale = proofs_.refuse_unless_fresh(who, *user)) return result{*std::move(stale)};
            MB_TRY(auto factor, tx.second_factors().find(user->id));
            if (!factor) return result{problem::second_factor_missing};

            auto const read = identity::read_code(code, rules_.totp);
            auto const decided = read ? identity::decide_code(factor->last_step, codes_around(now, factor->key, digests_, rules_.totp), *read)
                                      : identity::code_refusal::wrong;
            if (std::holds_alternative<identity::code_refusal>(decided)) {
                MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::factor_failed, from, now, problem::invalid_code),
                                                        user->id, user->id, {{"purpose", "enable"}, {"by", "otp"}, {"reason", "wrong"}})));
                return result{problem::invalid_code};
            }
            factor->last_step = std::get<std::int64_t>(decided);
            user->second_factor = true;
            user->updated_at = now;
            MB_CHECK(tx.second_factors().save(*factor));
            MB_CHECK(tx.second_factors().replace_recovery_codes(user->id, drawn.rows));
            MB_CHECK(tx.users().update(*user));
            MB_CHECK(tx.outbox().append({mail, notify::message_kind::factor_added, user->address, tongue, {}, now, now + rules_.links.warning_life}));
            MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::factor_added, from, now), user->id, user->id)));
            return result{done{}};
        }));
    if (said.granted() == nullptr) return said.refusal<recovery_codes>();
    return answer<recovery_codes>{recovery_codes{std::move(drawn.texts)}};
}

}  // namespace mb::usecases
