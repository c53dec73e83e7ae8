#include "core/usecases/tokens/revoke_session.hpp"

namespace mb::usecases {

outcome<answer<done>> revoke_session::operator()(caller const& who, tokens::family_id session, audit::origin const& from) const
{
    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    return ports::transact(store_, [&](ports::transaction& tx) -> outcome<answer<done>> {
        MB_TRY(auto held, tx.families().find(session));
        if (!held || held->owner != who.user.id || held->revoked_at || now >= held->expires_at) return answer<done>{problem::session_not_found};
        tokens::revoke(*held, tokens::revocation_reason::logout, now);
        MB_CHECK(tx.families().save(*held));
        MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::session_invalidated, from, now), who.user.id, who.user.id,
                                                {{"session", session.text()}})));
        return answer<done>{done{}};
    });
}

}  // namespace mb::usecases
