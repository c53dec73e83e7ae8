#include "core/usecases/tokens/close_session.hpp"

namespace mb::usecases {

outcome<answer<done>> close_session::operator()(std::string_view cookie, audit::origin const& from) const
{
    using result = answer<done>;
    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    auto const digest = digests_.sha256(cookie);
    return ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto live, tx.sessions().find_access(digest));
        if (!live || live->session.revoked_at) return result{problem::invalid_token};
        tokens::end(live->session, tokens::session_end::logout, now);
        MB_CHECK(tx.sessions().save(live->session));
        MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::logout, from, now), live->owner.id, live->owner.id,
                                                {{"session", live->session.id.text()}})));
        return result{done{}};
    });
}

}  // namespace mb::usecases
