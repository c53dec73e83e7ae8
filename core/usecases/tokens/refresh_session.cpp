#include "core/usecases/tokens/refresh_session.hpp"

#include "core/domain/notify/message.hpp"
#include "core/usecases/tokens/read_refresh.hpp"

#include <utility>

namespace mb::usecases {
namespace {

struct rotation {
    tokens::family family;
    identity::user owner;
};

outcome<void> warn_owner(ports::transaction& tx, identity::user_id whom, notify::message_id mail, tokens::token_policy const& policy, instant now)
{
    MB_TRY(auto const owner, tx.users().find(whom));
    if (!owner || owner->status == identity::user_status::disabled) return {};
    return tx.outbox().append({mail, notify::message_kind::token_theft, owner->address, policy.tongue, {}, now, now + policy.warning_life});
}

}  // namespace

outcome<answer<token_pair>> refresh_session::operator()(std::string_view refresh_token, instant arrived, audit::origin const& from) const
{
    auto const seen = clock_.now();
    MB_TRY(auto const read, read_refresh(refresh_token, catalogues_, codec_, seen));
    if (auto const* fault = std::get_if<ports::token_fault>(&read))
        return *fault == ports::token_fault::expired ? problem::expired_token : problem::invalid_token;
    auto const& claims = std::get<tokens::refresh_claims>(read);
    MB_TRY(auto const known, able_to_sign(catalogues_));
    auto const& key = *known->keys.active();

    auto const next_refresh = ports::new_id<tokens::token_id>(random_, seen);
    auto const next_access = ports::new_id<tokens::token_id>(random_, seen);
    auto const log = ports::new_id<audit::log_id>(random_, seen);
    auto const mail = ports::new_id<notify::message_id>(random_, seen);

    MB_TRY(auto const decided, ports::transact(store_, [&](ports::transaction& tx) -> outcome<answer<rotation>> {
               using result = answer<rotation>;
               // Time is read inside the work, against the rule: `rotated_at` puts the requests that race for this token in order, so it has to be
               // the time at which this one holds the family, not the time at which it began to wait for it.
               MB_TRY(auto held, tx.families().find(claims.family));
               auto const now = clock_.now();
               if (!held || held->owner != claims.subject) return result{problem::invalid_token};

               auto const write = [&](audit::event_type type, std::optional<problem> refused, audit::event_metadata metadata) {
                   metadata.emplace_back("session", held->id.text());
                   return tx.audit().append(
                       audit::about(audit::make_event(log, type, from, now, refused), held->owner, held->owner, std::move(metadata)));
               };
               auto const end = [&](tokens::revocation_reason reason, audit::event_type type, problem refused) -> outcome<result> {
                   tokens::revoke(*held, reason, now);
                   MB_CHECK(tx.families().save(*held));
                   MB_CHECK(write(type, refused, {{"reason", std::string(tokens::name_of(reason))}}));
                   return result{refused};
               };

               auto verdict = tokens::decide_refresh(*held, {claims.jti, arrived, now}, next_refresh, next_access, key.kid, policy_);
               if (auto const* refusal = std::get_if<tokens::refresh_refusal>(&verdict)) {
                   switch (*refusal) {
                       case tokens::refresh_refusal::revoked: return result{problem::invalid_token};
                       case tokens::refresh_refusal::concurrent: return result{problem::concurrent_refresh};
                       case tokens::refresh_refusal::expired:
                           MB_CHECK(write(audit::event_type::session_expired, problem::expired_token, {}));
                           return result{problem::expired_token};
                       case tokens::refresh_refusal::stolen:
                           MB_CHECK(warn_owner(tx, held->owner, mail, policy_, now));
                           return end(tokens::revocation_reason::stolen, audit::event_type::token_theft, problem::token_theft);
                   }
               }
               MB_TRY(auto owner, tx.users().find(claims.subject));
               if (!owner || owner->status != identity::user_status::active)
                   return end(tokens::revocation_reason::admin, audit::event_type::session_invalidated, problem::invalid_token);
               auto& [rotated, replayed] = std::get<tokens::refresh_granted>(verdict);
               // written under the key that wrote it first, so that the answer is the same to the last byte
               if (replayed && known->keys.find(rotated.kid, seen) == nullptr) return result{problem::concurrent_refresh};
               if (!replayed) MB_CHECK(tx.families().save(rotated));
               MB_CHECK(write(audit::event_type::token_refreshed, std::nullopt,
                              replayed ? audit::event_metadata{{"replay", "true"}} : audit::event_metadata{}));
               return result{rotation{std::move(rotated), *std::move(owner)}};
           }));

    auto const* granted = decided.granted();
    if (granted == nullptr) return decided.refusal<token_pair>();
    watch_.session_used(granted->family, from, clock_.now());
    auto const& signer = granted->family.kid == key.kid ? key : *known->keys.find(granted->family.kid, seen);
    return issue(granted->family, granted->owner, signer, codec_, policy_, *granted->family.rotated_at);
}

}  // namespace mb::usecases
