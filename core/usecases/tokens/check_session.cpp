#include "core/usecases/tokens/check_session.hpp"

#include "core/usecases/operations/record_finding.hpp"

#include <string>
#include <utility>

namespace mb::usecases {

using tokens::session_standing;

outcome<answer<ports::live_session>> check_session::operator()(std::string_view cookie, audit::origin const& from) const
{
    using result = answer<ports::live_session>;
    auto const now = clock_.now();
    auto const digest = digests_.sha256(cookie);
    MB_TRY(auto live, ports::read(store_, [&](ports::transaction& tx) { return tx.sessions().find_access(digest); }));
    if (!live || live->owner.status != identity::user_status::active) return result{problem::invalid_token};
    switch (tokens::decide_session(live->session, from.ip, policy_, now)) {
        case session_standing::good: break;
        case session_standing::revoked: return result{problem::invalid_token};
        default: return settle(digest, from, now);
    }
    uses_.note(live->session.id, now);
    return result{*std::move(live)};
}

/// What has to be written about a session: it is looked at again, inside the transaction that writes.
outcome<answer<ports::live_session>> check_session::settle(identity::digest const& digest, audit::origin const& from, instant now) const
{
    using result = answer<ports::live_session>;
    auto const log = ports::new_id<audit::log_id>(random_, now);
    std::optional<anomaly::finding> found;
    auto said = ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
        found.reset();
        MB_TRY(auto live, tx.sessions().find_access(digest));
        if (!live || live->owner.status != identity::user_status::active) return result{problem::invalid_token};
        auto& held = live->session;
        auto const record = [&](audit::event_type type, std::optional<problem> refused, std::string reason) {
            return tx.audit().append(audit::about(audit::make_event(log, type, from, now, refused), held.owner, std::nullopt,
                                                  {{"session", held.id.text()}, {"reason", std::move(reason)}}));
        };
        switch (tokens::decide_session(held, from.ip, policy_, now)) {
            case session_standing::good: return result{*std::move(live)};
            case session_standing::revoked: return result{problem::invalid_token};
            case session_standing::expired:
                tokens::end(held, tokens::session_end::expired, now);
                MB_CHECK(tx.sessions().save(held));
                MB_CHECK(record(audit::event_type::session_expired, problem::expired_token, now >= held.expires_at ? "life" : "idle"));
                return result{problem::expired_token};
            case session_standing::other_address:
                tokens::end(held, tokens::session_end::other_address, now);
                MB_CHECK(tx.sessions().save(held));
                MB_CHECK(record(audit::event_type::session_invalidated, problem::invalid_token, "other_address"));
                return result{problem::invalid_token};
            case session_standing::moved: {
                // from here on this is its address: one event for each move, and one anomaly for each window
                held.ip = from.ip.value_or(identity::ip_hash{});
                held.last_seen_at = now;
                MB_CHECK(tx.sessions().save(held));
                MB_CHECK(record(audit::event_type::session_unusual, std::nullopt, "other_address"));
                auto const& rule = watch_.rules().bound_session;
                auto seen = anomaly::found_by(anomaly::kind::unusual_session, rule, {rule.most + 1, now + rule.window}, log, now);
                seen.subject = held.id.text();
                seen.user = held.owner;
                MB_TRY(auto const done, record_finding(tx, seen));
                if (done == recorded::fresh) found = std::move(seen);
                return result{*std::move(live)};
            }
        }
        return result{problem::invalid_token};
    });
    if (said && found) watch_.note_written(*found);
    return said;
}

}  // namespace mb::usecases
