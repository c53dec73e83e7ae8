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
        MB_TRY(auto const newest, tx.email_tokens().newest(owner ? owner->id : identity::user_id{}, identity::email_token_type::verify_email));
        // as request_link: as many questions whatever comes of it, and one row at least
        auto const finish = [&](char const* what) -> outcome<result> {
            MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::verification_resent, from, now),
                                                    owner ? std::optional(owner->id) : std::nullopt, std::nullopt, {{"result", what}})));
            return result{done{}};
        };
        auto const refuse = [&](char const* what) -> outcome<result> {
            MB_CHECK(look_in_vain(tx, fresh.link.id));
            return finish(what);
        };
        if (!owner) return refuse("unknown");
        if (owner->email_verified) return refuse("verified");
        if (owner->status != identity::user_status::active) return refuse("disabled");
        if (newest && now < newest->created_at + links_.resend_interval) return refuse("too_soon");
        fresh.link.owner = owner->id;
        MB_CHECK(tx.email_tokens().save(fresh.link));
        MB_CHECK(tx.outbox().append(fresh.mail));
        return finish("sent");
    });
}

}  // namespace mb::usecases
