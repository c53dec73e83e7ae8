#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/function_ref.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/identity/lockout.hpp"
#include "core/domain/identity/user.hpp"
#include "core/domain/tokens/family.hpp"
#include "core/usecases/identity/known_device.hpp"
#include "core/usecases/operations/anomaly_watch.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace mb::usecases {

/// What somebody typed to say who they are.
struct login_name {
    std::optional<identity::email> address;
    std::optional<identity::username> name;
    std::string canonical;  ///< what failures of an unknown one are counted under
};
login_name read_login_name(std::string_view identifier);

/// A password and where it comes from.
struct shown_password {
    secret const& password;   ///< exactly as received
    std::string_view device;  ///< the browser's cookie (known_device.hpp); "" where it sent none
};

/// A guess at a password that was counted and looked at, and has no answer yet.
struct judged_guess {
    std::optional<identity::user> user;  ///< as it was before the hash was computed
    identity::lockout_counter counted;
    std::optional<identity::device> device;  ///< the one whose failures are counted apart
    bool right = false;
    std::optional<std::string> better_hash;
    audit::log_id log;
    audit::log_id attempt;
};

/// What a right password is worth where the account has a second factor.
enum class lone_password : std::uint8_t {
    is_enough,  ///< its owner is inside already, and has shown the factor as well
    leads_on,   ///< to the second step
    is_refused  ///< there is no second step here
};

/// What a password is shown for.
struct password_use {
    audit::event_type success;
    lone_password alone;
};

/// Somebody whose password was right.
struct admitted {
    identity::user user;
    device_cookie device;   ///< for their browser to keep
    bool half_way = false;  ///< the second step comes first: nothing was entered, and the browser isn't known yet
};

/// The one way past a password, whatever it opens: counting before looking, the same work for nobody as for somebody, and the rows that an
/// attempt leaves. Failures are counted by the watch once they have their answer. Verifies a hash: run it on the lane for that; no connection is held
/// meanwhile.
class password_gate final {
public:
    password_gate(ports::store& store, ports::clock const& clock, ports::randomness const& random, ports::password_hasher const& hasher,
                  ports::digester const& digests, identity::lockout_policy const& lockout, anomaly_watch& watch)
        : store_(store),
          clock_(clock),
          random_(random),
          hasher_(hasher),
          digests_(digests),
          lockout_(lockout),
          watch_(watch)
    {
    }

    /// Counts the guess, apart for a device that its owner is known by, and looks at it.
    /// Denials: account_locked (with retry_after), for any name, known or not.
    outcome<answer<judged_guess>> judge(std::variant<login_name, identity::user_id> const& who, shown_password const& shown,
                                        audit::origin const& from) const;

    /// What a right password opens; runs in the transaction that writes the success. What it changes in the user is saved.
    /// @return the session that it began, where it began one.
    using entry = function_ref<outcome<std::optional<tokens::family_id>>(ports::transaction&, identity::user&)>;

    /// Answers a guess AT `now`: what was true before the hash is looked at again, and the answer is written down.
    /// Denials, the first that holds: account_locked, invalid_credentials; and only after a right password: account_disabled,
    /// email_not_verified, second_factor_required where a lone password is refused.
    outcome<answer<admitted>> settle(judged_guess const& guess, password_use use, audit::origin const& from, instant now, entry enter) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::password_hasher const& hasher_;
    ports::digester const& digests_;
    identity::lockout_policy lockout_;
    anomaly_watch& watch_;
};

}  // namespace mb::usecases
