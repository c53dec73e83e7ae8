#include "core/usecases/mfa/factor_check.hpp"

#include "core/usecases/identity/account.hpp"

#include <algorithm>
#include <utility>

namespace mb::usecases {

std::vector<identity::code_candidate> codes_around(instant now, secret const& key, ports::digester const& digests,
                                                   identity::totp_policy const& policy)
{
    std::vector<identity::code_candidate> codes;
    auto const middle = identity::step_of(now, policy);
    for (auto step = middle - policy.steps_off; step <= middle + policy.steps_off; ++step) {
        auto const mac = digests.shared_mac(policy.hash, key, identity::moving_factor(step));
        codes.push_back({step, identity::code_of(mac.reveal(), policy.digits)});
    }
    return codes;
}

factor_check::drawn factor_check::draw(ports::randomness const& random, instant now) const
{
    return {ports::new_id<audit::log_id>(random, now), ports::new_id<audit::log_id>(random, now), ports::new_id<notify::message_id>(random, now)};
}

outcome<factor_check::verdict> factor_check::look_at_code(ports::transaction& tx, identity::user const& who, std::string_view typed,
                                                          instant now) const
{
    MB_TRY(auto factor, tx.second_factors().find(who.id));
    if (!factor) return error{errc::corrupt, "mfa.factor_check", "an account with a second factor has no key"};
    auto const code = identity::read_code(typed, rules_.totp);
    if (!code) return verdict{"malformed"};
    auto const decided = identity::decide_code(factor->last_step, codes_around(now, factor->key, digests_, rules_.totp), *code);
    if (auto const* why = std::get_if<identity::code_refusal>(&decided)) return verdict{std::string(name_of(*why))};
    factor->last_step = std::get<std::int64_t>(decided);
    MB_CHECK(tx.second_factors().save(*factor));
    return verdict{};
}

outcome<factor_check::verdict> factor_check::look_at_recovery(ports::transaction& tx, identity::user const& who, std::string_view typed,
                                                              instant now) const
{
    auto const code = identity::read_recovery_code(typed);
    if (!code) return verdict{"malformed"};
    MB_TRY(auto const codes, tx.second_factors().recovery_codes(who.id));
    auto const digest = digests_.mac(identity::recovery_code_purpose, identity::recovery_code_content(who.id, *code).reveal());
    auto const decided = identity::decide_recovery(codes, digest);
    if (auto const* why = std::get_if<identity::recovery_refusal>(&decided)) return verdict{std::string(name_of(*why))};
    MB_CHECK(tx.second_factors().spend_recovery_code(codes[std::get<std::size_t>(decided)].id, now));
    auto const unused = std::ranges::count_if(codes, [](identity::recovery_code const& each) { return !each.used_at; });
    return verdict{std::nullopt, static_cast<std::size_t>(unused) - 1};
}

outcome<std::variant<tokens::shown_by, denial>> factor_check::judge(ports::transaction& tx, identity::user const& who, shown_factor const& shown,
                                                                    std::string_view purpose, drawn const& ids, audit::origin const& from,
                                                                    instant now) const
{
    using result = std::variant<tokens::shown_by, denial>;
    bool const recovering = !shown.recovery_code.empty();
    auto const by = recovering ? tokens::shown_by::recovery_code : tokens::shown_by::totp;
    auto const record = [&](audit::log_id log, audit::event_type type, std::optional<problem> refused, audit::event_metadata metadata) {
        return tx.audit().append(audit::about(audit::make_event(log, type, from, now, refused), who.id,
                                              refused ? std::nullopt : std::optional(who.id), std::move(metadata)));
    };
    auto const tell = [&](notify::message_kind kind) {
        return tx.outbox().append({ids.mail, kind, who.address, rules_.links.tongue, {}, now, now + rules_.links.warning_life});
    };
    auto const until = [&](instant end) { return std::chrono::ceil<std::chrono::seconds>(end - now); };

    auto const pseudonym = factor_lockout_identity(who.id, digests_);
    auto const known = read_device(shown.device, who.id, digests_, now);
    auto const device = known ? identity::name_of(*known) : std::string{};
    MB_TRY(auto held, tx.lockouts().find(pseudonym, device));
    auto decided = identity::decide_attempt(held ? *std::move(held) : identity::lockout_counter{pseudonym, device, 0, {}, now}, rules_.lockout, now);
    if (auto const* locked = std::get_if<identity::attempt_refused>(&decided)) {
        MB_CHECK(record(ids.verdict, audit::event_type::factor_failed, problem::account_locked,
                        {{"purpose", std::string(purpose)}, {"by", std::string(name_of(by))}, {"reason", "locked"}}));
        return result{denial{problem::account_locked, until(locked->until)}};
    }

    MB_TRY(auto const seen, recovering ? look_at_recovery(tx, who, shown.recovery_code, now) : look_at_code(tx, who, shown.code, now));
    if (!seen.refused) {
        MB_CHECK(tx.lockouts().clear(pseudonym, device));
        if (!recovering) {
            MB_CHECK(record(ids.verdict, audit::event_type::factor_verified, std::nullopt, {{"purpose", std::string(purpose)}, {"by", "otp"}}));
            return result{by};
        }
        MB_CHECK(record(ids.verdict, audit::event_type::recovery_code_used, std::nullopt,
                        {{"purpose", std::string(purpose)}, {"left", std::to_string(seen.codes_left)}}));
        MB_CHECK(tell(notify::message_kind::recovery_code_used));
        return result{by};
    }

    auto const& counted = std::get<identity::attempt_admitted>(decided).counted;
    MB_CHECK(tx.lockouts().save(counted));
    bool const locks = counted.locked_until && now < *counted.locked_until;
    auto const why = locks ? problem::account_locked : problem::invalid_code;
    MB_CHECK(record(ids.verdict, audit::event_type::factor_failed, why,
                    {{"purpose", std::string(purpose)}, {"by", std::string(name_of(by))}, {"reason", *seen.refused}}));
    if (!locks) return result{denial{why}};
    MB_CHECK(record(ids.lock, audit::event_type::account_locked, why, {{"until", format_rfc3339(*counted.locked_until)}, {"by", "second_factor"}}));
    MB_CHECK(tell(notify::message_kind::factor_attempts));
    return result{denial{why, until(*counted.locked_until)}};
}

}  // namespace mb::usecases
