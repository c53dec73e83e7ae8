#include "core/usecases/identity/link_request.hpp"

#include "core/usecases/identity/link_mail.hpp"

#include <optional>

namespace mb::usecases {

outcome<answer<done>> request_link(link_sender const& with, identity::email_token_type type, audit::event_type event, std::string_view email,
                                   notify::language tongue, audit::origin const& from)
{
    using result = answer<done>;
    auto const address = identity::email::parse(email);
    if (!address) return done{};
    auto const& links = with.links;
    auto const now = with.clock.now();
    auto const log = ports::new_id<audit::log_id>(with.random, now);
    auto fresh = draw_link_mail(type, {}, *address, tongue, from, with.random, with.digests, links, now);

    return ports::transact(with.store, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto const owner, tx.users().find(*address));
        // one row whatever comes of it: a commit that writes nothing is quicker, and that would tell
        auto const finish = [&](char const* what) -> outcome<result> {
            MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, event, from, now), owner ? std::optional(owner->id) : std::nullopt,
                                                    std::nullopt, {{"result", what}})));
            return result{done{}};
        };
        if (!owner) return finish("unknown");
        if (owner->status != identity::user_status::active) return finish("disabled");
        MB_TRY(auto const newest, tx.email_tokens().newest(owner->id, type));
        if (newest && now < newest->created_at + links.resend_interval) return finish("too_soon");
        MB_TRY(auto const failures, tx.email_tokens().failures(owner->id, now - links.failure_memory));
        if (identity::decide_alarm(failures, links)) return finish("suspicious");
        fresh.link.owner = owner->id;
        MB_CHECK(tx.email_tokens().save(fresh.link));
        MB_CHECK(tx.outbox().append(fresh.mail));
        return finish("sent");
    });
}

}  // namespace mb::usecases
