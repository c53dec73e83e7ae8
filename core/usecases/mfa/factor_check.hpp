#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/identity/link_policy.hpp"
#include "core/domain/identity/lockout.hpp"
#include "core/domain/identity/recovery_code.hpp"
#include "core/domain/identity/totp.hpp"
#include "core/domain/notify/message.hpp"
#include "core/domain/tokens/proof.hpp"
#include "core/usecases/identity/known_device.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mb::usecases {

/// A second factor as somebody typed it: one of the two.
struct shown_factor {
    std::string code{};           ///< of an app
    std::string recovery_code{};  ///< "" where a code is shown
    std::string device{};         ///< as credentials::device
};

/// What second factors are judged by.
struct factor_rules {
    identity::totp_policy totp;
    identity::lockout_policy lockout;
    identity::link_policy links;  ///< for the mails that their reader did not ask for
};

/// The codes that the policy admits AT `now`.
std::vector<identity::code_candidate> codes_around(instant now, secret const& key, ports::digester const& digests,
                                                   identity::totp_policy const& policy);

/// The one way past a second factor, whatever it opens. Failures are counted apart from those of the password, which whoever is here has shown:
/// a right password doesn't clear them, and neither does a new one.
class factor_check final {
public:
    /// What is drawn before the transaction.
    struct drawn {
        audit::log_id verdict;
        audit::log_id lock;
        notify::message_id mail;
    };

    factor_check(ports::digester const& digests, factor_rules const& rules) : digests_(digests), rules_(rules) {}

    drawn draw(ports::randomness const& random, instant now) const;
    identity::totp_policy const& totp() const noexcept { return rules_.totp; }

    /// Judges in a transaction that holds the user's row, counts, spends what was right, and writes the events.
    /// @param purpose  what it is shown for, in the metadata of the event.
    /// Denials: account_locked (with retry_after), invalid_code.
    /// @error corrupt  the account has a second factor, and no key.
    outcome<std::variant<tokens::shown_by, denial>> judge(ports::transaction& tx, identity::user const& who, shown_factor const& shown,
                                                          std::string_view purpose, drawn const& ids, audit::origin const& from, instant now) const;

private:
    struct verdict {
        std::optional<std::string> refused;  ///< why, for the event
        std::size_t codes_left = 0;
    };
    outcome<verdict> look_at_code(ports::transaction& tx, identity::user const& who, std::string_view typed, instant now) const;
    outcome<verdict> look_at_recovery(ports::transaction& tx, identity::user const& who, std::string_view typed, instant now) const;

    ports::digester const& digests_;
    factor_rules rules_;
};

}  // namespace mb::usecases
