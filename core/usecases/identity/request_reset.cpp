#include "core/usecases/identity/request_reset.hpp"

#include "core/usecases/identity/link_mail.hpp"

#include <optional>

namespace mb::usecases {

outcome<answer<done>> request_reset::operator()(std::string_view email, notify::language tongue, audit::origin const& from) const
{
    using result = answer<done>;
    using identity::email_token_type;
    auto const address = identity::email::parse(email);
    if (!address) return done{};
    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    auto fresh = draw_link_mail(email_token_type::password_reset, {}, *address, tongue, from, random_, digests_, links_, now);

    return ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto const owner, tx.users().find(*address));
        // one row whatever comes of it: a commit that writes nothing is quicker, and that would tell
        auto const finish = [&](char const* what) -> outcome<result> {
            MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::reset_requested, from, now),
                                                    owner ? std::optional(owner->id) : std::nullopt, std::nullopt, {{"result", what}})));
            return result{done{}};
        };
        if (!owner) return finish("unknown");
        if (owner->status != identity::user_status::active) return finish("disabled");
        MB_TRY(auto const newest, tx.email_tokens().newest(owner->id, email_token_type::password_reset));
        if (newest && now < newest->created_at + links_.resend_interval) return finish("too_soon");
        MB_TRY(auto const failures, tx.email_tokens().failures(owner->id, now - links_.failure_memory));
        if (identity::decide_alarm(failures, links_)) return finish("suspicious");
        fresh.link.owner = owner->id;
        MB_CHECK(tx.email_tokens().save(fresh.link));
        MB_CHECK(tx.outbox().append(fresh.mail));
        return finish("sent");
    });
}

}  // namespace mb::usecases
