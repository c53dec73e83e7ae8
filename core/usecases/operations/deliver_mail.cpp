#include "core/usecases/operations/deliver_mail.hpp"

#include "core/domain/identity/email_token.hpp"

#include <optional>
#include <string>

namespace mb::usecases {
namespace {

/// A link remembers when it was mailed (seed 002 section 2, email_sent_at).
outcome<void> note_link_mailed(ports::transaction& tx, notify::message const& mail, instant at)
{
    auto const token = identity::parse_email_token(mail.link_token.reveal());
    if (!token) return {};
    MB_TRY(auto link, tx.email_tokens().find(token->id));
    if (!link) return {};
    link->mailed_at = at;
    return tx.email_tokens().save(*link);
}

}  // namespace

outcome<delivered> deliver_mail::operator()(audit::origin const& from) const
{
    auto const started = clock_.now();
    MB_TRY(auto const due, ports::read(store_, [&](ports::transaction& tx) { return tx.outbox().due(started, policy_.batch); }));
    delivered counts;
    for (auto const& entry : due) {
        auto const& mail = entry.message;
        auto const begun = clock_.now();
        MB_TRY(auto const how, ports::transact(store_, [&](ports::transaction& tx) { return tx.outbox().take(mail.id, begun, begun + policy_.hold); }));
        if (how != ports::taking::taken) continue;  // another server has it
        auto const handed_over = mailer_.deliver(mail);
        auto const now = clock_.now();
        if (handed_over) {
            MB_CHECK(store_.transact([&](ports::transaction& tx) -> outcome<void> {
                MB_CHECK(note_link_mailed(tx, mail, now));
                return tx.outbox().mark_sent(mail.id, now);
            }));
            ++counts.sent;
            continue;
        }
        auto const& failure = handed_over.error();
        auto const next = failure.code == errc::unexpected ? std::nullopt : notify::decide_retry(entry.attempts, mail.expires_at, policy_, now);
        auto const why = std::string(name_of(failure.code)) + " at " + failure.where;
        auto const log = ports::new_id<audit::log_id>(random_, now);
        MB_CHECK(store_.transact([&](ports::transaction& tx) -> outcome<void> {
            MB_CHECK(tx.outbox().mark_failed(mail.id, why, now, next));
            if (next) return {};
            return tx.audit().append(
                audit::about(audit::make_event(log, audit::event_type::system_error, from, now), std::nullopt, std::nullopt,
                             {{"what", "mail"}, {"kind", std::string(notify::name_of(mail.kind))}, {"message", mail.id.text()}}));
        }));
        ++(next ? counts.postponed : counts.given_up);
    }
    return counts;
}

}  // namespace mb::usecases
