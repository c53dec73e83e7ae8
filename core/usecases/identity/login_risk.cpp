#include "core/usecases/identity/login_risk.hpp"

#include "core/usecases/identity/account.hpp"

#include <string>
#include <utility>

namespace mb::usecases {
namespace {

std::optional<identity::login_habits> habits_of(identity::user const& who)
{
    return who.login_habits ? identity::parse_habits(*who.login_habits) : std::nullopt;
}

/// Whether the address attacks already; a wrong password is counted there.
outcome<bool> look_at_address(ports::transaction& tx, login_end end, audit::origin const& from, ports::digester const& digests, instant now)
{
    if (!from.ip) return false;
    auto const counted = address_lockout_identity(*from.ip, digests);
    MB_TRY(auto held, tx.lockouts().find(counted, ""));
    if (held && held->locked_until && now < *held->locked_until) return true;
    if (end != login_end::wrong_password) return false;
    auto decided = identity::decide_attempt(held ? *std::move(held) : identity::lockout_counter{counted, "", 0, {}, now}, address_policy, now);
    if (auto const* admitted = std::get_if<identity::attempt_admitted>(&decided)) MB_CHECK(tx.lockouts().save(admitted->counted));
    return false;
}

}  // namespace

outcome<audit::risk> weigh_login(ports::transaction& tx, login_trial const& of, login_end end, audit::origin const& from,
                                 ports::digester const& digests, instant now)
{
    MB_TRY(bool const attacking, look_at_address(tx, end, from, digests, now));
    audit::login_signs signs;
    if (of.user != nullptr) signs.habits = habits_of(*of.user);
    signs.known_device = of.known_device;
    signs.attacking_address = attacking;
    signs.failures_before = of.failures_before;
    signs.country = from.country;
    signs.at = now;
    return audit::decide_risk(signs);
}

outcome<void> learn_login(ports::transaction& tx, identity::user& owner, login_notice const& notice, audit::origin const& from, instant now)
{
    auto habits = habits_of(owner).value_or(identity::login_habits{});
    bool const tells = !notice.known_device && identity::is_worth_telling(habits, now);
    if (tells) habits.told_at = now;
    identity::learn(habits, from.country, now);
    owner.login_habits = identity::format_habits(habits);
    if (!tells) return {};
    return tx.outbox().append({notice.mail, notify::message_kind::new_device, owner.address, notice.tongue, {}, now, now + notice.life});
}

}  // namespace mb::usecases
