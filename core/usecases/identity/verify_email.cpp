#include "core/usecases/identity/verify_email.hpp"

#include "core/usecases/identity/link_check.hpp"

#include <utility>
#include <variant>

namespace mb::usecases {

outcome<answer<done>> verify_email::operator()(std::string_view token, audit::origin const& from) const
{
    using result = answer<done>;
    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    auto const shown = read_link(token, random_, digests_, now);

    return ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
        auto const refuse = [&](refused_link const& refused) -> outcome<result> {
            MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::verification_failed, from, now, refused.why.why),
                                                    refused.owner, std::nullopt, {{"reason", refused.reason}})));
            return result{refused.why};
        };
        MB_TRY(auto looked, look_at_link(tx, shown, identity::email_token_type::verify_email, from, links_, now));
        if (auto const* refused = std::get_if<refused_link>(&looked)) return refuse(*refused);
        auto& link = std::get<identity::email_token>(looked);
        MB_TRY(auto owner, tx.users().find(link.owner));
        if (!owner) return refuse({"no_account", std::nullopt, {problem::link_invalid}});
        identity::spend(link, from.ip, from.user_agent, now);
        MB_CHECK(tx.email_tokens().save(link));
        owner->email_verified = true;
        owner->updated_at = now;
        MB_CHECK(tx.users().update(*owner));
        MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::verification_completed, from, now), owner->id, owner->id)));
        return result{done{}};
    });
}

}  // namespace mb::usecases
