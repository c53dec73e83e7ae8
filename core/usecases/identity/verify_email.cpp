#include "core/usecases/identity/verify_email.hpp"

#include "core/domain/identity/email_token.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<done>> verify_email::operator()(std::string_view token, audit::origin const& from) const
{
    using result = answer<done>;
    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    auto const shown = identity::parse_email_token(token);
    auto const digest = shown ? digests_.sha256(shown->proof.reveal()) : identity::digest{};

    return ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
        auto const refuse = [&](std::string_view why, std::optional<identity::user_id> owner) -> outcome<result> {
            MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::verification_failed, from, now, problem::link_invalid),
                                                    owner, std::nullopt, {{"reason", std::string(why)}})));
            return result{problem::link_invalid};
        };
        if (!shown) return refuse("malformed", std::nullopt);
        MB_TRY(auto link, tx.email_tokens().find(shown->id));
        if (!link) return refuse("unknown", std::nullopt);
        auto const decided = identity::decide_link(*link, identity::email_token_type::verify_email, digest, now);
        if (auto const* refusal = std::get_if<identity::link_refusal>(&decided)) {
            identity::note_refusal(*link, *refusal, now);
            MB_CHECK(tx.email_tokens().save(*link));
            return refuse(identity::name_of(*refusal), link->owner);
        }
        MB_TRY(auto owner, tx.users().find(link->owner));
        if (!owner) return refuse("no_account", std::nullopt);
        identity::spend(*link, from.ip, from.user_agent, now);
        MB_CHECK(tx.email_tokens().save(*link));
        owner->email_verified = true;
        owner->updated_at = now;
        MB_CHECK(tx.users().update(*owner));
        MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::verification_completed, from, now), owner->id, owner->id)));
        return result{done{}};
    });
}

}  // namespace mb::usecases
