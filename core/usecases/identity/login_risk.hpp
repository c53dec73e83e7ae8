#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/audit/risk.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/identity/lockout.hpp"
#include "core/domain/identity/user.hpp"
#include "core/domain/notify/message.hpp"
#include "ports/cryptography.hpp"
#include "ports/store.hpp"

#include <cstdint>
#include <limits>

/// How much a login looks unlike its owner's, and what is learnt from those that were let in.
namespace mb::usecases {

/// From so many wrong passwords on, each within an hour of the one before, an address counts as attacking for a day. It has no password to renew.
constexpr identity::lockout_policy address_policy{10, std::chrono::hours{24}, std::chrono::hours{1}, std::numeric_limits<int>::max(), {}, {}};

enum class login_end : std::uint8_t {
    let_in,
    wrong_password,  ///< counted against its address
    refused          ///< for another reason
};

struct login_trial {
    identity::user const* user = nullptr;  ///< null: nobody is known by what was typed
    bool known_device = false;
    int failures_before = 0;
};

/// Weighs one attempt AT `now`. Reads one row, the count of the address.
outcome<audit::risk> weigh_login(ports::transaction& tx, login_trial const& of, login_end end, audit::origin const& from,
                                 ports::digester const& digests, instant now);

/// A browser that somebody was let in with, and how its owner is told where nobody knew it.
struct login_notice {
    bool known_device = false;
    notify::message_id mail;
    notify::language tongue = notify::language::es;
    duration life{};
};

/// What an owner who was let in usually does from now on. Saves the mail, where there is one, and not the owner.
outcome<void> learn_login(ports::transaction& tx, identity::user& owner, login_notice const& notice, audit::origin const& from, instant now);

}  // namespace mb::usecases
