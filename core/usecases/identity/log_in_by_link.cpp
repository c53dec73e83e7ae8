#include "core/usecases/identity/log_in_by_link.hpp"

#include "core/usecases/identity/account.hpp"
#include "core/usecases/identity/link_check.hpp"
#include "core/usecases/identity/login_risk.hpp"
#include "core/usecases/tokens/read_refresh.hpp"

#include <utility>
#include <variant>

namespace mb::usecases {
namespace {

/// Why a good link opens nothing for this owner.
outcome<std::optional<refused_link>> refuse_owner(ports::transaction& tx, std::optional<identity::user> const& owner,
                                                  std::optional<identity::device> const& known, ports::digester const& digests, instant now)
{
    using found = std::optional<refused_link>;
    if (!owner) return found{refused_link{"no_account", std::nullopt, {problem::link_invalid}}};
    if (owner->status != identity::user_status::active) return found{refused_link{"disabled", owner->id, {problem::link_invalid}}};
    MB_TRY(auto const counter, tx.lockouts().find(lockout_identity(&*owner, "", digests), known ? identity::name_of(*known) : std::string{}));
    if (!counter || !counter->locked_until || now >= *counter->locked_until) return found{};
    auto const wait = std::chrono::ceil<std::chrono::seconds>(*counter->locked_until - now);
    return found{refused_link{"locked", owner->id, {problem::account_locked, wait}}};
}

}  // namespace

outcome<answer<entrance<token_pair>>> log_in_by_link::operator()(std::string_view token, std::string_view device, audit::origin const& from) const
{
    using result = answer<identity::user>;
    MB_TRY(auto const catalogue, able_to_sign(catalogues_));
    auto const& key = *catalogue->keys.active();
    auto const now = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, now);
    auto const mail = ports::new_id<notify::message_id>(random_, now);
    auto const shown = read_link(token, random_, digests_, now);
    auto begun = start_family({}, key, from, random_, policy_, now);
    std::optional<identity::device> known;

    MB_TRY(auto const decided, ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
               auto const refuse = [&](refused_link const& refused) -> outcome<result> {
                   auto const type = refused.reason == identity::name_of(identity::link_refusal::expired) ? audit::event_type::magic_link_expired
                                                                                                          : audit::event_type::magic_link_failed;
                   MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, type, from, now, refused.why.why), refused.owner, std::nullopt,
                                                           {{"reason", refused.reason}})));
                   return result{refused.why};
               };
               MB_TRY(auto looked, look_at_link(tx, shown, identity::email_token_type::magic_link, from, links_, now));
               if (auto const* refused = std::get_if<refused_link>(&looked)) return refuse(*refused);
               auto& link = std::get<identity::email_token>(looked);
               MB_TRY(auto owner, tx.users().find(link.owner));
               known = owner ? read_device(device, owner->id, digests_, now) : std::nullopt;
               MB_TRY(auto const against, refuse_owner(tx, owner, known, digests_, now));
               if (against) return refuse(*against);

               identity::spend(link, from.ip, from.user_agent, now);
               MB_CHECK(tx.email_tokens().save(link));
               if (!owner->email_verified) {
                   owner->email_verified = true;
                   owner->password_hash.reset();
                   owner->updated_at = now;
                   MB_CHECK(tx.families().revoke_all(owner->id, std::nullopt, tokens::revocation_reason::password_reset, now));
                   MB_CHECK(tx.sessions().end_all(owner->id, tokens::session_end::password_reset, now));
               }
               auto metadata = differences(link, from);
               if (owner->second_factor) {
                   metadata.emplace_back("leads_to", "second_factor");
               } else {
                   owner->last_login_at = now;
                   MB_CHECK(learn_login(tx, *owner, {known.has_value(), mail, policy_.tongue, policy_.warning_life}, from, now));
                   begun.owner = owner->id;
                   MB_CHECK(tx.families().save(begun));
                   metadata.emplace_back("session", begun.id.text());
               }
               MB_CHECK(tx.users().update(*owner));
               MB_CHECK(tx.audit().append(audit::about(audit::make_event(log, audit::event_type::magic_link_verified, from, now), owner->id,
                                                       owner->id, std::move(metadata))));
               return result{*std::move(owner)};
           }));
    auto const* owner = decided.granted();
    if (owner == nullptr) return decided.refusal<entrance<token_pair>>();
    if (owner->second_factor) {
        MB_TRY(auto next, proofs_.begin(*owner, tokens::shown_by::link, tokens::door::tokens));
        return answer<entrance<token_pair>>{entrance<token_pair>{std::move(next)}};
    }
    auto pair = issue(begun, *owner, key, codec_, policy_, now);
    pair.device = write_device(known, owner->id, random_, digests_, now);
    return answer<entrance<token_pair>>{entrance<token_pair>{std::move(pair)}};
}

}  // namespace mb::usecases
