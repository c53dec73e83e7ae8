#include "core/usecases/identity/reset_password.hpp"

#include "core/usecases/identity/account.hpp"
#include "core/usecases/identity/link_check.hpp"
#include "core/usecases/identity/new_password.hpp"

#include <utility>
#include <variant>

namespace mb::usecases {
namespace {

/// A link that may be used, and whose it is.
struct usable_link {
    identity::email_token link;
    identity::user owner;
};

outcome<std::variant<usable_link, refused_link>> find_usable(ports::transaction& tx, shown_link const& shown, audit::origin const& from,
                                                             identity::link_policy const& policy, instant now)
{
    using found = std::variant<usable_link, refused_link>;
    MB_TRY(auto looked, look_at_link(tx, shown, identity::email_token_type::password_reset, from, policy, now));
    if (auto* refused = std::get_if<refused_link>(&looked)) return found{std::move(*refused)};
    auto& link = std::get<identity::email_token>(looked);
    MB_TRY(auto owner, tx.users().find(link.owner));
    if (!owner) return found{refused_link{"no_account", std::nullopt, {problem::link_invalid}}};
    if (owner->status != identity::user_status::active) return found{refused_link{"disabled", owner->id, {problem::link_invalid}}};
    return found{usable_link{std::move(link), *std::move(owner)}};
}

}  // namespace

outcome<answer<done>> reset_password::operator()(password_reset const& asked, audit::origin const& from) const
{
    using result = answer<done>;
    auto const seen_at = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, seen_at);
    auto const shown = read_link(asked.token, random_, digests_, seen_at);
    auto const refuse = [&](ports::transaction& tx, refused_link const& refused, instant at) -> outcome<denial> {
        MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::reset_failed, from, at, refused.why.why), refused.owner,
                                                std::nullopt, {{"reason", refused.reason}})));
        return refused.why;
    };

    // 1. Nothing is hashed for a link that is no good.
    MB_TRY(auto const first, ports::transact(store_, [&](ports::transaction& tx) -> outcome<answer<identity::user>> {
               MB_TRY(auto found, find_usable(tx, shown, from, links_, seen_at));
               if (auto const* refused = std::get_if<refused_link>(&found)) {
                   MB_TRY(auto why, refuse(tx, *refused, seen_at));
                   return answer<identity::user>{std::move(why)};
               }
               return answer<identity::user>{std::move(std::get<usable_link>(found).owner)};
           }));
    if (first.granted() == nullptr) return first.refusal<done>();

    // 2. The password, with no connection held. One that won't do leaves the link as it was, but for the count.
    if (auto broken = judge_new_password(asked.new_password, *first.granted(), judge_, passwords_, "/new_password"); !broken.empty()) {
        MB_CHECK(store_.transact([&](ports::transaction& tx) -> outcome<void> {
            MB_TRY(auto link, tx.email_tokens().find(shown.token->id));
            if (!link) return {};
            identity::note_validation(*link, links_, seen_at);
            return tx.email_tokens().save(*link);
        }));
        return result{std::move(broken)};
    }
    MB_TRY(auto const hash, hasher_.hash(asked.new_password));

    // 3. The link is looked at again: it may have been used meanwhile.
    auto const now = clock_.now();
    auto const mail = ports::new_id<notify::message_id>(random_, now);
    return ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto found, find_usable(tx, shown, from, links_, now));
        if (auto const* refused = std::get_if<refused_link>(&found)) {
            MB_TRY(auto why, refuse(tx, *refused, now));
            return result{std::move(why)};
        }
        auto& [link, owner] = std::get<usable_link>(found);
        identity::spend(link, from.ip, from.user_agent, now);
        MB_CHECK(tx.email_tokens().save(link));
        MB_TRY(auto const ended, replace_password(tx, owner, hash, std::nullopt, now));
        owner.email_verified = true;
        MB_CHECK(tx.users().update(owner));
        MB_CHECK(tx.lockouts().clear(lockout_identity(&owner, "", digests_), std::nullopt));
        MB_CHECK(tx.outbox().append({mail, notify::message_kind::password_changed, owner.address, asked.tongue, {}, now, now + links_.warning_life}));
        auto metadata = differences(link, from);
        metadata.emplace_back("sessions", std::to_string(ended));
        MB_CHECK(tx.audit().append(
            audit::about(audit::make_event(log, audit::event_type::reset_completed, from, now), owner.id, owner.id, std::move(metadata))));
        return result{done{}};
    });
}

}  // namespace mb::usecases
