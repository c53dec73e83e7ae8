#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/function_ref.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/base/violation.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mb::usecases {

/// One account that comes from another system, as it was written there.
struct imported_account {
    std::string email;
    std::optional<std::string> username;
    std::optional<std::string> display_name;
    bool email_verified = false;
    std::optional<std::vector<std::string>> roles;  ///< none: those of whoever registers
    std::optional<std::string> password_hash;       ///< none: an account that gets its password by a link
};

/// One line of an import: an account, or what is wrong with its form.
struct import_line {
    std::size_t number = 0;  ///< from 1
    std::variant<imported_account, violations> content;
};

struct import_problem {
    std::size_t line = 0;
    violation what;
    friend bool operator==(import_problem const&, import_problem const&) = default;
};

enum class admin_import : std::uint8_t { refused, allowed };
enum class known_account : std::uint8_t { is_a_problem, is_left_alone };
enum class import_effect : std::uint8_t { writes, only_looks };

struct import_wishes {
    admin_import admins = admin_import::refused;
    known_account known = known_account::is_a_problem;
    import_effect effect = import_effect::writes;
};

struct import_policy {
    std::size_t accounts_max = 100'000;
    std::size_t batch = 500;           ///< accounts of one transaction
    std::size_t problems_max = 1'000;  ///< told; the others are counted
};

struct import_report {
    std::size_t accounts = 0;  ///< lines that were looked at
    std::size_t created = 0;
    std::size_t left_alone = 0;            ///< had an account already
    std::vector<import_problem> problems;  ///< in the order of lines
    std::size_t problems_total = 0;        ///< where this isn't 0 nothing was created, but for `created`: somebody registered meanwhile
};

/// Makes accounts of another system, with the hashes of their passwords, which are replaced by ours at the first login. For the operator alone.
/// Every line is looked at before the first account is made: where one is bad, none is.
/// Violations of a line: /email /username /display_name as when registering; /roles/<i> not_an_option, or not_allowed_here where it
/// administers; /password_hash wrong_format where it can't be verified here; duplicate (expected = the line, "account") where the file or the
/// store has the address or the user name already; and "" too_many (expected = the limit) at the first line past it.
class import_users final {
public:
    /// Gives each line to `take`, in their order, until that says no; called twice. Errors of `take` are passed on.
    using line_walk = function_ref<outcome<void>(function_ref<outcome<bool>(import_line&&)> take)>;

    import_users(ports::store& store, ports::clock const& clock, ports::randomness const& random, ports::password_hasher const& hasher,
                 import_policy const& policy)
        : store_(store),
          clock_(clock),
          random_(random),
          hasher_(hasher),
          policy_(policy)
    {
    }

    /// @error as the store and the walk. What was created before it stays: `known_account::is_left_alone` goes on from there.
    outcome<import_report> operator()(line_walk lines, import_wishes const& wishes, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::password_hasher const& hasher_;
    import_policy policy_;
};

}  // namespace mb::usecases
