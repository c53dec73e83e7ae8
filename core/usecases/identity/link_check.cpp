#include "core/usecases/identity/link_check.hpp"

#include <utility>

namespace mb::usecases {
namespace {

using looked = std::variant<identity::email_token, refused_link>;

/// The event and the mail of a link that has been blocked.
outcome<void> warn(ports::transaction& tx, shown_link const& shown, identity::email_token const& link, std::string_view why,
                   audit::origin const& from, identity::link_policy const& policy, instant now)
{
    MB_CHECK(tx.audit().append(audit::about(audit::make_event(shown.block_log, audit::event_type::link_blocked, from, now, problem::link_invalid),
                                            link.owner, std::nullopt,
                                            {{"type", std::string(identity::name_of(link.type))}, {"reason", std::string(why)}})));
    MB_TRY(auto const owner, tx.users().find(link.owner));
    if (!owner) return {};
    return tx.outbox().append(
        {shown.warning, notify::message_kind::link_attempts, owner->address, policy.tongue, {}, now, now + policy.warning_life});
}

}  // namespace

shown_link read_link(std::string_view token, ports::randomness const& random, ports::digester const& digests, instant now)
{
    shown_link shown;
    shown.token = identity::parse_email_token(token);
    if (shown.token) shown.digest = digests.sha256(shown.token->proof.reveal());
    shown.block_log = ports::new_id<audit::log_id>(random, now);
    shown.warning = ports::new_id<notify::message_id>(random, now);
    return shown;
}

outcome<looked> look_at_link(ports::transaction& tx, shown_link const& shown, identity::email_token_type wanted, audit::origin const& from,
                             identity::link_policy const& policy, instant now)
{
    if (!shown.token) return looked{refused_link{"malformed", std::nullopt, {problem::link_invalid}}};
    MB_TRY(auto link, tx.email_tokens().find(shown.token->id));
    if (!link) return looked{refused_link{"unknown", std::nullopt, {problem::link_invalid}}};
    auto const decided = identity::decide_link(*link, wanted, shown.digest, from.ip, now);
    auto const* refusal = std::get_if<identity::link_refusal>(&decided);
    if (refusal == nullptr) return looked{*std::move(link)};

    bool const was_blocked = link->blocked_at.has_value();
    identity::note_refusal(*link, *refusal, policy, now);
    MB_CHECK(tx.email_tokens().save(*link));
    refused_link refused{std::string(identity::name_of(*refusal)), link->owner, {problem::link_invalid}};
    if (*refusal == identity::link_refusal::cooling)
        refused.why = {problem::too_many_requests, std::chrono::ceil<std::chrono::seconds>(*link->cooling_until - now)};
    bool alarming = false;
    if (*refusal == identity::link_refusal::wrong_secret) {
        MB_TRY(auto const failures, tx.email_tokens().failures(link->owner, now - policy.failure_memory));
        alarming = identity::decide_alarm(failures, policy);
    }
    if (alarming) {
        MB_CHECK(tx.email_tokens().block_all(link->owner, identity::link_block::suspicious_activity, now));
        MB_CHECK(warn(tx, shown, *link, identity::name_of(identity::link_block::suspicious_activity), from, policy, now));
    } else if (!was_blocked && link->blocked_at) {
        MB_CHECK(warn(tx, shown, *link, *link->blocked_reason, from, policy, now));
    }
    return looked{std::move(refused)};
}

audit::event_metadata differences(identity::email_token const& link, audit::origin const& from)
{
    return {{"address", from.ip.value_or(identity::ip_hash{}) == link.requested_from ? "same" : "other"},
            {"agent", from.user_agent == link.user_agent ? "same" : "other"}};
}

}  // namespace mb::usecases
