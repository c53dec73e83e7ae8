#include "core/usecases/tokens/log_out_everywhere.hpp"

#include <string>

namespace mb::usecases {

outcome<answer<sessions_ended>> log_out_everywhere::operator()(caller const& who, audit::origin const& from) const
{
    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    return ports::transact(store_, [&](ports::transaction& tx) -> outcome<answer<sessions_ended>> {
        MB_TRY(auto const families, tx.families().revoke_all(who.user.id, std::nullopt, tokens::revocation_reason::global_logout, now));
        MB_TRY(auto const sessions, tx.sessions().end_all(who.user.id, tokens::session_end::global_logout, now));
        auto const count = families + sessions;
        MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::global_logout, from, now), who.user.id, who.user.id,
                                                {{"sessions", std::to_string(count)}})));
        return answer<sessions_ended>{sessions_ended{count}};
    });
}

}  // namespace mb::usecases
