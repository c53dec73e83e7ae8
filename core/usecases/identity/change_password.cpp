#include "core/usecases/identity/change_password.hpp"

#include "core/usecases/identity/new_password.hpp"

#include <string>

namespace mb::usecases {

outcome<answer<done>> change_password::operator()(password_change const& asked, caller const& who, audit::origin const& from) const
{
    // also where the factor comes while the hash is computed
    auto with_factor = who.user;
    with_factor.second_factor = true;
    auto const stale = proofs_.refuse_unless_fresh(who, with_factor);
    if (who.user.second_factor && stale) return *stale;
    if (auto broken = judge_new_password(asked.new_password, who.user, judge_, passwords_, "/new_password"); !broken.empty()) return broken;
    MB_TRY(auto const judged, gate_.judge(who.user.id, {asked.current_password, asked.device}, from));
    auto const* guess = judged.granted();
    if (guess == nullptr) return judged.refusal<done>();
    std::string hash;
    if (guess->right) {
        MB_TRY(hash, hasher_.hash(asked.new_password));
    }

    auto const now = clock_.now();
    auto const mail = ports::new_id<notify::message_id>(random_, now);
    MB_TRY(auto const settled,
           gate_.settle(*guess, {audit::event_type::password_changed, stale ? lone_password::is_refused : lone_password::is_enough}, from, now,
                        [&](ports::transaction& tx, identity::user& user) -> outcome<std::optional<tokens::family_id>> {
                            MB_CHECK(replace_password(tx, user, hash, who.session, now));
                            MB_CHECK(tx.outbox().append(
                                {mail, notify::message_kind::password_changed, user.address, asked.tongue, {}, now, now + links_.warning_life}));
                            return who.session;
                        }));
    if (settled.granted() == nullptr) return settled.refusal<done>();
    return done{};
}

}  // namespace mb::usecases
