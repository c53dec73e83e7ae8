#include "core/usecases/mfa/verify_factor.hpp"

#include "core/usecases/identity/account.hpp"
#include "core/usecases/identity/login_risk.hpp"
#include "core/usecases/tokens/read_refresh.hpp"

#include <string>
#include <utility>

namespace mb::usecases {

outcome<answer<inside>> verify_factor::operator()(std::string_view mfa_session_token, shown_factor const& shown, audit::origin const& from) const
{
    using result = answer<identity::user>;
    MB_TRY(auto const read, proofs_.read_begun(mfa_session_token));
    auto const* begun = read.granted();
    if (begun == nullptr) return read.refusal<inside>();
    bool const classic = begun->leads_to == tokens::door::session;

    MB_TRY(auto const catalogue, able_to_sign(catalogues_));
    auto const& key = *catalogue->keys.active();
    auto const now = clock_.now();
    auto const ids = check_.draw(random_, now);
    auto const log = ports::new_id<audit::log_id>(random_, now);
    auto const attempt = ports::new_id<audit::log_id>(random_, now);
    auto const mail = ports::new_id<notify::message_id>(random_, now);
    auto const family = start_family(begun->subject, key, from, random_, tokens_, now);
    auto session = start_session(begun->subject, from, random_, digests_, sessions_, now);
    // an attempt has one column for what it began, of whichever kind
    auto const started = classic ? tokens::family_id{session.row.id.bytes} : family.id;

    MB_TRY(auto decided, ports::transact(store_, [&](ports::transaction& tx) -> outcome<result> {
               MB_TRY(auto user, tx.users().find(begun->subject));
               if (!user || !user->second_factor || !proofs_.holds(*begun, *user)) return result{problem::invalid_token};
               auto const pseudonym = lockout_identity(&*user, "", digests_);
               auto const known = read_device(shown.device, user->id, digests_, now);
               int failures = 0;
               audit::risk risk;
               auto const record = [&](std::optional<problem> refused) -> outcome<void> {
                   auto const end = refused ? login_end::refused : login_end::let_in;
                   MB_TRY(risk, weigh_login(tx, {&*user, known.has_value(), failures}, end, from, digests_, now));
                   return tx.login_attempts().append({attempt, user->id, pseudonym, from.ip, refused ? std::nullopt : std::optional(started),
                                                      !refused.has_value(), refused ? std::string(entry_of(*refused).code) : "",
                                                      std::string(from.user_agent), now, from.country, risk.score, risk.is_suspicious()});
               };
               bool const disabled = user->status != identity::user_status::active;
               if (disabled || !user->email_verified) {
                   auto const why = disabled ? problem::account_disabled : problem::email_not_verified;
                   MB_CHECK(record(why));
                   return result{why};
               }
               // a lock holds on every way to a token, also where it came after the first step
               MB_TRY(auto const counter, tx.lockouts().find(pseudonym, known ? identity::name_of(*known) : std::string{}));
               failures = counter ? counter->failures : 0;
               if (counter && counter->locked_until && now < *counter->locked_until) {
                   MB_CHECK(record(problem::account_locked));
                   return result{denial{problem::account_locked, std::chrono::ceil<std::chrono::seconds>(*counter->locked_until - now)}};
               }
               MB_TRY(auto judged, check_.judge(tx, *user, shown, "login", ids, from, now));
               if (auto* refused = std::get_if<denial>(&judged)) {
                   MB_CHECK(record(refused->why));
                   return result{std::move(*refused)};
               }
               MB_CHECK(record(std::nullopt));
               user->last_login_at = now;
               MB_CHECK(learn_login(tx, *user, {known.has_value(), mail, tokens_.tongue, tokens_.warning_life}, from, now));
               MB_CHECK(tx.users().update(*user));
               if (classic)
                   MB_CHECK(tx.sessions().save(session.row));
               else
                   MB_CHECK(tx.families().save(family));
               audit::event_metadata metadata{{"session", started.text()}};
               if (!risk.factors.empty()) metadata.emplace_back("risk", audit::names_of(risk));
               auto entered =
                   audit::about(audit::make_event(log, audit::event_type::login_succeeded, from, now), user->id, user->id, std::move(metadata));
               entered.risk_score = risk.score;
               MB_CHECK(tx.audit().append(entered));
               return result{*std::move(user)};
           }));
    auto* user = decided.granted();
    if (user == nullptr) return decided.refusal<inside>();
    auto device = write_device(read_device(shown.device, user->id, digests_, now), user->id, random_, digests_, now);
    if (classic)
        return answer<inside>{inside{opened_session{std::move(session.cookie), std::move(session.row), std::move(*user), std::move(device)}}};
    auto pair = issue(family, *user, key, codec_, tokens_, now);
    pair.device = std::move(device);
    return answer<inside>{inside{std::move(pair)}};
}

}  // namespace mb::usecases
