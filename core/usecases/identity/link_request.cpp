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
        auto const asked = owner ? owner->id : identity::user_id{};
        MB_TRY(auto const newest, tx.email_tokens().newest(asked, type));
        MB_TRY(auto const failures, tx.email_tokens().failures(asked, now - links.failure_memory));
        // The store is asked as often whatever comes of it, and one row at least is written: less would be quicker, and that would tell.
        auto const finish = [&](char const* what) -> outcome<result> {
            MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, event, from, now), owner ? std::optional(owner->id) : std::nullopt,
                                                    std::nullopt, {{"result", what}})));
            return result{done{}};
        };
        auto const refuse = [&](char const* what) -> outcome<result> {
            MB_CHECK(look_in_vain(tx, fresh.link.id));
            return finish(what);
        };
        if (!owner) return refuse("unknown");
        if (owner->status != identity::user_status::active) return refuse("disabled");
        if (newest && now < newest->created_at + links.resend_interval) return refuse("too_soon");
        if (identity::decide_alarm(failures, links)) return refuse("suspicious");
        fresh.link.owner = owner->id;
        MB_CHECK(tx.email_tokens().save(fresh.link));
        MB_CHECK(tx.outbox().append(fresh.mail));
        return finish("sent");
    });
}

}  // namespace mb::usecases
