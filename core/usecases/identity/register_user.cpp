#include "core/usecases/identity/register_user.hpp"

#include "core/domain/access/role.hpp"
#include "core/usecases/identity/account_input.hpp"
#include "core/usecases/identity/link_mail.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<done>> register_user::operator()(registration const& asked, audit::origin const& from) const
{
    using result = answer<done>;
    auto accepted = accept_account({asked.email, asked.password, asked.username, asked.display_name}, judge_, passwords_, "");
    if (auto* broken = std::get_if<violations>(&accepted)) return std::move(*broken);
    auto const& [address, name] = std::get<accepted_account>(accepted);
    // for a known address too: the time taken must not tell
    MB_TRY(auto hash, hasher_.hash(asked.password));

    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    identity::user const made{.id = ports::new_id<identity::user_id>(random_, now),
                              .address = address,
                              .name = name,
                              .display_name = asked.display_name,
                              .password_hash = std::move(hash),
                              .roles = {std::string(access::default_role)},
                              .created_at = now,
                              .updated_at = now,
                              .last_login_at = {}};
    auto const verification =
        draw_link_mail(identity::email_token_type::verify_email, made.id, address, asked.tongue, from, random_, digests_, links_, now);
    // No link in it, though the account may be unverified: whoever made it chose its password, and proving the address now would hand them
    // a verified account of somebody else.
    notify::message const reminder{ports::new_id<notify::message_id>(random_, now),
                                   notify::message_kind::already_registered,
                                   address,
                                   asked.tongue,
                                   {},
                                   now,
                                   now + links_.verify_life};

    auto const work = [&](ports::transaction& tx) -> outcome<result> {
        if (name) {
            // before the address is looked at, so that this answer is the same for a known one
            MB_TRY(auto const holder, tx.users().find(*name));
            if (holder) return result{problem::username_taken};
        }
        MB_TRY(auto const owner, tx.users().find(address));
        if (owner) {
            MB_CHECK(look_in_vain(tx, verification.link.id));
            MB_CHECK(tx.outbox().append(reminder));
        } else {
            MB_CHECK(tx.users().insert(made));
            MB_CHECK(tx.email_tokens().save(verification.link));
            MB_CHECK(tx.outbox().append(verification.mail));
        }
        auto const about = owner ? owner->id : made.id;
        MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::user_registered, from, now), about, std::nullopt,
                                                {{"result", owner ? "existing" : "created"}})));
        return result{done{}};
    };
    auto registered = ports::transact(store_, work);
    // Another registration came first with this address or name: look again, and find it.
    if (!registered && registered.error().code == errc::duplicate) registered = ports::transact(store_, work);
    return registered;
}

}  // namespace mb::usecases
