#include "core/usecases/identity/log_in.hpp"

#include "core/usecases/identity/account.hpp"
#include "core/usecases/tokens/read_refresh.hpp"

#include <optional>
#include <utility>

namespace mb::usecases {
namespace {

/// What somebody typed, in the form in which it is looked up and counted.
struct login_name {
    std::optional<identity::email> address;
    std::optional<identity::username> name;
    std::string canonical;
};

login_name read_name(std::string_view identifier)
{
    login_name read{identity::email::parse(identifier), std::nullopt, ascii_lower(identifier)};
    if (!read.address) read.name = identity::username::parse(identifier);
    return read;
}

outcome<std::optional<identity::user>> find_user(ports::transaction& tx, login_name const& wanted)
{
    if (wanted.address) return tx.users().find(*wanted.address);
    if (wanted.name) return tx.users().find(*wanted.name);
    return std::optional<identity::user>{};
}

/// A guess that has been counted and may now be looked at.
struct admitted_guess {
    std::optional<identity::user> user;
    identity::lockout_counter counted;
};

struct session {
    tokens::family family;
    identity::user owner;
};

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

    outcome<void> write(identity::user const* user, std::optional<problem> refused, std::optional<tokens::family_id> started) const
    {
        auto const about = user != nullptr ? std::optional(user->id) : std::nullopt;
        std::string const reason = refused ? std::string(entry_of(*refused).code) : "";
        auto const type = refused ? audit::event_type::login_failed : audit::event_type::login_succeeded;
        audit::event_metadata metadata;
        if (refused) metadata.emplace_back("reason", reason);
        if (started) metadata.emplace_back("session", started->text());
        MB_CHECK(tx.audit().append(
            audit::about(audit::make_event(log, type, from, at, refused), about, refused ? std::nullopt : about, std::move(metadata))));
        return tx.login_attempts().append(
            {attempt, about, pseudonym, from.ip, started, !refused.has_value(), reason, std::string(from.user_agent), at});
    }
};

}  // namespace

outcome<answer<token_pair>> log_in::operator()(credentials const& shown, audit::origin const& from) const
{
    auto const name = read_name(shown.identifier);
    auto const counted_at = clock_.now();
    auto const log = ports::new_id<audit::log_id>(random_, counted_at);
    auto const attempt = ports::new_id<audit::log_id>(random_, counted_at);

    // 1. The guess is counted before it is looked at: guesses in parallel get no more tries than guesses in a row.
    MB_TRY(auto const admitted, ports::transact(store_, [&](ports::transaction& tx) -> outcome<answer<admitted_guess>> {
               using result = answer<admitted_guess>;
               MB_TRY(auto user, find_user(tx, name));
               auto const pseudonym = lockout_identity(user ? &*user : nullptr, name.canonical, digests_);
               MB_TRY(auto held, tx.lockouts().find(pseudonym, ""));
               auto decided = identity::decide_attempt(held ? *std::move(held) : identity::lockout_counter{pseudonym, "", 0, {}, counted_at},
                                                       lockout_, counted_at);
               if (auto const* refused = std::get_if<identity::attempt_refused>(&decided)) {
                   attempt_record const record{tx, from, log, attempt, pseudonym, counted_at};
                   MB_CHECK(record.write(user ? &*user : nullptr, problem::account_locked, std::nullopt));
                   return result{denial{problem::account_locked, until(refused->until, counted_at)}};
               }
               auto& counted = std::get<identity::attempt_admitted>(decided).counted;
               MB_CHECK(tx.lockouts().save(counted));
               return result{admitted_guess{std::move(user), std::move(counted)}};
           }));
    if (admitted.granted() == nullptr) return admitted.refusal<token_pair>();
    auto const& [known, counted] = *admitted.granted();

    // 2. The hash, with no connection held. Nobody's hash costs as much as somebody's.
    bool const has_password = known && known->password_hash;
    MB_TRY(auto const verdict, hasher_.verify(shown.password, has_password ? std::string_view{*known->password_hash} : hasher_.decoy()));
    bool const right = has_password && verdict.matches;
    std::optional<std::string> better_hash;
    if (right && verdict.outdated) {
        MB_TRY(better_hash, hasher_.hash(shown.password));
    }

    // 3. What was true before the hash is looked at again, and the answer is written down.
    MB_TRY(auto const catalogue, able_to_sign(catalogues_));
    auto const& key = *catalogue->keys.active();
    auto const now = clock_.now();
    auto const started = start_family(known ? known->id : identity::user_id{}, key, from, random_, policy_, now);
    auto const lock_log = ports::new_id<audit::log_id>(random_, now);

    MB_TRY(auto const decided, ports::transact(store_, [&](ports::transaction& tx) -> outcome<answer<session>> {
               using result = answer<session>;
               attempt_record const record{tx, from, log, attempt, counted.identity, now};
               std::optional<identity::user> user;
               if (known) {
                   MB_TRY(user, tx.users().find(known->id));
               }
               auto const* const about = user ? &*user : nullptr;
               if (!right || !user || user->password_hash != known->password_hash) {
                   bool const locked = counted.locked_until && now < *counted.locked_until;
                   auto const why = locked ? problem::account_locked : problem::invalid_credentials;
                   MB_CHECK(record.write(about, why, std::nullopt));
                   if (!locked) return result{why};
                   MB_CHECK(tx.audit().append(audit::about(audit::make_event(lock_log, audit::event_type::account_locked, from, now, why),
                                                           user ? std::optional(user->id) : std::nullopt, std::nullopt,
                                                           {{"until", format_rfc3339(*counted.locked_until)}})));
                   return result{denial{why, until(*counted.locked_until, now)}};
               }
               MB_CHECK(tx.lockouts().clear(counted.identity, ""));
               bool const disabled = user->status != identity::user_status::active;
               if (disabled || !user->email_verified) {
                   auto const why = disabled ? problem::account_disabled : problem::email_not_verified;
                   MB_CHECK(record.write(about, why, std::nullopt));
                   return result{why};
               }
               user->last_login_at = now;
               if (better_hash) user->password_hash = better_hash;
               MB_CHECK(tx.users().update(*user));
               MB_CHECK(tx.families().save(started));
               MB_CHECK(record.write(about, std::nullopt, started.id));
               return result{session{started, *std::move(user)}};
           }));
    auto const* granted = decided.granted();
    if (granted == nullptr) return decided.refusal<token_pair>();
    return issue(granted->family, granted->owner, key, codec_, policy_, now);
}

}  // namespace mb::usecases
