#include "core/usecases/identity/password_gate.hpp"

#include "core/domain/base/text.hpp"
#include "core/usecases/identity/account.hpp"
#include "core/usecases/identity/login_risk.hpp"

#include <utility>

namespace mb::usecases {
namespace {

outcome<std::optional<identity::user>> find_user(ports::transaction& tx, std::variant<login_name, identity::user_id> const& who)
{
    if (auto const* id = std::get_if<identity::user_id>(&who)) return tx.users().find(*id);
    auto const& wanted = std::get<login_name>(who);
    if (wanted.address) return tx.users().find(*wanted.address);
    if (wanted.name) return tx.users().find(*wanted.name);
    return std::optional<identity::user>{};
}

/// Rounded up, so that a client that waits this long isn't refused again.
std::chrono::seconds until(instant end, instant now) { return std::chrono::ceil<std::chrono::seconds>(end - now); }

/// The rows that one attempt leaves.
struct attempt_record {
    ports::transaction& tx;
    audit::origin const& from;
    audit::log_id log;
    audit::log_id attempt;
    std::string const& pseudonym;
    instant at;
    std::optional<audit::risk> risk{};  ///< none where who asks is inside already

    outcome<void> write(identity::user const* user, audit::event_type type, std::optional<problem> refused,
                        std::optional<tokens::family_id> started) const
    {
        auto const about = user != nullptr ? std::optional(user->id) : std::nullopt;
        std::string const reason = refused ? std::string(entry_of(*refused).code) : "";
        audit::event_metadata metadata;
        if (refused) metadata.emplace_back("reason", reason);
        if (started) metadata.emplace_back("session", started->text());
        if (risk && !risk->factors.empty()) metadata.emplace_back("risk", audit::names_of(*risk));
        auto event = audit::about(audit::make_event(log, type, from, at, refused), about, refused ? std::nullopt : about, std::move(metadata));
        if (risk) event.risk_score = risk->score;
        MB_CHECK(tx.audit().append(event));
        return tx.login_attempts().append({attempt, about, pseudonym, from.ip, started, !refused.has_value(), reason, std::string(from.user_agent),
                                           at, from.country, event.risk_score, risk && risk->is_suspicious()});
    }
    outcome<void> refuse(identity::user const* user, problem why) const { return write(user, audit::event_type::login_failed, why, std::nullopt); }
};

}  // namespace

login_name read_login_name(std::string_view identifier)
{
    login_name read{identity::email::parse(identifier), std::nullopt, ascii_lower(identifier)};
    if (!read.address) read.name = identity::username::parse(identifier);
    return read;
}

outcome<answer<judged_guess>> password_gate::judge(std::variant<login_name, identity::user_id> const& who, shown_password const& shown,
                                                   audit::origin const& from) const
{
    auto const now = clock_.now();
    judged_guess guess;
    guess.log = ports::new_id<audit::log_id>(random_, now);
    guess.attempt = ports::new_id<audit::log_id>(random_, now);
    auto const* const typed = std::get_if<login_name>(&who);
    std::string const canonical = typed != nullptr ? typed->canonical : "";
    std::string pseudonym;

    // The guess is counted before it is looked at: guesses in parallel get no more tries than guesses in a row.
    MB_TRY(auto const admitted, ports::transact(store_, [&](ports::transaction& tx) -> outcome<answer<done>> {
               MB_TRY(guess.user, find_user(tx, who));
               auto const* const known = guess.user ? &*guess.user : nullptr;
               pseudonym = lockout_identity(known, canonical, digests_);
               guess.device = known != nullptr ? read_device(shown.device, known->id, digests_, now) : std::nullopt;
               auto const device = guess.device ? identity::name_of(*guess.device) : std::string{};
               MB_TRY(auto held, tx.lockouts().find(pseudonym, device));
               int const failures = held ? held->failures : 0;
               auto decided =
                   identity::decide_attempt(held ? *std::move(held) : identity::lockout_counter{pseudonym, device, 0, {}, now}, lockout_, now);
               if (auto const* refused = std::get_if<identity::attempt_refused>(&decided)) {
                   attempt_record record{tx, from, guess.log, guess.attempt, pseudonym, now};
                   MB_TRY(record.risk, weigh_login(tx, {known, guess.device.has_value(), failures}, login_end::refused, from, digests_, now));
                   MB_CHECK(record.refuse(known, problem::account_locked));
                   return answer<done>{denial{problem::account_locked, until(refused->until, now)}};
               }
               guess.counted = std::move(std::get<identity::attempt_admitted>(decided).counted);
               MB_CHECK(tx.lockouts().save(guess.counted));
               return answer<done>{done{}};
           }));
    if (auto const* refused = admitted.denied())
        watch_.login_failed({guess.user ? std::optional(guess.user->id) : std::nullopt, pseudonym, guess.attempt, refused->why}, from, now);
    if (admitted.granted() == nullptr) return admitted.refusal<judged_guess>();

    // The hash, with no connection held. Nobody's hash costs as much as somebody's.
    bool const has_password = guess.user && guess.user->password_hash;
    MB_TRY(auto const verdict, hasher_.verify(shown.password, has_password ? std::string_view{*guess.user->password_hash} : hasher_.decoy()));
    guess.right = has_password && verdict.matches;
    if (guess.right && verdict.outdated) {
        MB_TRY(guess.better_hash, hasher_.hash(shown.password));
    }
    return answer<judged_guess>{std::move(guess)};
}

outcome<answer<admitted>> password_gate::settle(judged_guess const& guess, password_use use, audit::origin const& from, instant now,
                                                entry enter) const
{
    struct opened {
        identity::user user;
        bool half_way = false;
    };
    using result = answer<opened>;
    auto const lock_log = ports::new_id<audit::log_id>(random_, now);
    auto const mail = ports::new_id<notify::message_id>(random_, now);
    auto const& counted = guess.counted;
    MB_TRY(auto settled, ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
               attempt_record record{tx, from, guess.log, guess.attempt, counted.identity, now};
               // nobody is looked up as well: the store is asked as often for who has an account as for who has none
               MB_TRY(auto user, tx.users().find(guess.user ? guess.user->id : identity::user_id{}));
               auto const* const about = user ? &*user : nullptr;
               bool const right = guess.right && user && user->password_hash == guess.user->password_hash;
               if (use.success == audit::event_type::login_succeeded) {  // else its owner is inside already
                   auto const end = right ? login_end::let_in : login_end::wrong_password;
                   // the guess itself is in the count already
                   MB_TRY(record.risk, weigh_login(tx, {about, guess.device.has_value(), counted.failures - 1}, end, from, digests_, now));
               }
               if (!right) {
                   bool const locked = counted.locked_until && now < *counted.locked_until;
                   auto const why = locked ? problem::account_locked : problem::invalid_credentials;
                   MB_CHECK(record.refuse(about, why));
                   if (!locked) return result{why};
                   bool const barred = identity::wants_new_password(counted, lockout_, now);
                   audit::event_metadata metadata{{"until", format_rfc3339(*counted.locked_until)}};
                   if (barred) metadata.emplace_back("then", "new_password");
                   MB_CHECK(tx.audit().append(audit::about(audit::make_event(lock_log, audit::event_type::account_locked, from, now, why),
                                                           user ? std::optional(user->id) : std::nullopt, std::nullopt, std::move(metadata))));
                   if (barred && user)
                       MB_CHECK(tx.outbox().append(
                           {mail, notify::message_kind::password_attempts, user->address, lockout_.tongue, {}, now, now + lockout_.warning_life}));
                   return result{denial{why, until(*counted.locked_until, now)}};
               }
               MB_CHECK(tx.lockouts().clear(counted.identity, counted.device));
               bool const disabled = user->status != identity::user_status::active;
               if (disabled || !user->email_verified) {
                   auto const why = disabled ? problem::account_disabled : problem::email_not_verified;
                   MB_CHECK(record.refuse(about, why));
                   return result{why};
               }
               bool const lone = user->second_factor && use.alone != lone_password::is_enough;
               if (lone && use.alone == lone_password::is_refused) {
                   MB_CHECK(record.refuse(about, problem::second_factor_required));
                   return result{problem::second_factor_required};
               }
               if (guess.better_hash) user->password_hash = guess.better_hash;
               if (lone) {
                   if (guess.better_hash) MB_CHECK(tx.users().update(*user));
                   MB_CHECK(tx.audit().append(audit::about(audit::make_event(guess.log, audit::event_type::factor_asked, from, now), user->id,
                                                           std::nullopt, {{"by", "pwd"}})));
                   return result{opened{*std::move(user), true}};
               }
               MB_TRY(auto const started, enter(tx, *user));
               if (record.risk) MB_CHECK(learn_login(tx, *user, {guess.device.has_value(), mail, lockout_.tongue, lockout_.warning_life}, from, now));
               MB_CHECK(tx.users().update(*user));
               MB_CHECK(record.write(&*user, use.success, std::nullopt, started));
               return result{opened{*std::move(user)}};
           }));
    auto* got = settled.granted();
    if (auto const* refused = settled.denied())
        watch_.login_failed({guess.user ? std::optional(guess.user->id) : std::nullopt, counted.identity, guess.attempt, refused->why}, from, now);
    if (got == nullptr) return settled.refusal<admitted>();
    if (got->half_way) return answer<admitted>{admitted{std::move(got->user), {}, true}};
    auto device = write_device(guess.device, got->user.id, random_, digests_, now);
    return answer<admitted>{admitted{std::move(got->user), std::move(device)}};
}

}  // namespace mb::usecases
