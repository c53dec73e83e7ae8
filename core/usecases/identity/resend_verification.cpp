#include "core/usecases/identity/resend_verification.hpp"

#include "core/usecases/identity/link_mail.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<done>> resend_verification::operator()(std::string_view email, notify::language tongue, audit::origin const& from) const
{
    using result = answer<done>;
    auto const address = identity::email::parse(email);
    if (!address) return done{};
    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    auto fresh = draw_link_mail(identity::email_token_type::verify_email, {}, *address, tongue, from, random_, digests_, links_, now);

    return ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto const owner, tx.users().find(*address));
        // one row whatever comes of it: a commit that writes nothing is quicker, and that would tell
        auto const finish = [&](char const* what) -> outcome<result> {
            MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::verification_resent, from, now),
                                                    owner ? std::optional(owner->id) : std::nullopt, std::nullopt, {{"result", what}})));
            return result{done{}};
        };
        if (!owner) return finish("unknown");
        if (owner->email_verified) return finish("verified");
        if (owner->status != identity::user_status::active) return finish("disabled");
        MB_TRY(auto const newest, tx.email_tokens().newest(owner->id, identity::email_token_type::verify_email));
        if (newest && now < newest->created_at + links_.resend_interval) return finish("too_soon");
        fresh.link.owner = owner->id;
        MB_CHECK(tx.email_tokens().save(fresh.link));
        MB_CHECK(tx.outbox().append(fresh.mail));
        return finish("sent");
    });
}

}  // namespace mb::usecases
