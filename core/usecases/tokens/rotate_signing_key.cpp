#include "core/usecases/tokens/rotate_signing_key.hpp"

#include "core/usecases/access/record_denial.hpp"
#include "core/usecases/tokens/new_signing_key.hpp"

#include <string>
#include <utility>

namespace mb::usecases {

outcome<answer<key_summary>> rotate_signing_key::operator()(caller const& who, audit::origin const& from) const
{
    MB_TRY(auto const refused, refuse_unless_administers(who, from, store_, clock_, random_));
    if (refused) return *refused;

    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    auto const made = new_signing_key(random_, ports::new_secret(random_, signing_key_bytes), now);
    MB_TRY(auto answered, ports::transact(store_, [&](ports::transaction& tx) -> outcome<answer<key_summary>> {
               // first, because it makes two rotations at once wait for each other: there is never a second active key
               MB_CHECK(tx.catalogue().advance());
               std::string retired;
               MB_TRY(auto keys, tx.signing_keys().list());
               for (auto& key : keys) {
                   if (key.state != tokens::key_state::active) continue;
                   key.state = tokens::key_state::retired;
                   key.retired_at = now;
                   key.expires_at = now + policy_.refresh_life;
                   retired = key.kid;
                   MB_CHECK(tx.signing_keys().save(key));
               }
               MB_CHECK(tx.signing_keys().save(made));
               MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::signing_key_rotated, from, now), who.user.id,
                                                       who.user.id, {{"kid", made.kid}, {"retired", retired}})));
               return answer<key_summary>{summary_of(made)};
           }));
    // Done is done: where reading it back fails, the next request finds the new revision and loads it then.
    (void)catalogues_.refresh();
    return answered;
}

}  // namespace mb::usecases
