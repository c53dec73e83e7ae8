#pragma once

#include "core/domain/base/secret.hpp"
#include "core/domain/base/violation.hpp"

#include <cstddef>
#include <string_view>

namespace mb::identity {

struct password_policy {
    std::size_t characters_min = 8;  ///< code points; 15 where the password is the only factor (decisions.md #7)
    std::size_t bytes_max = 1024;
    int score_min = 3;  ///< zxcvbn: 0 (too guessable) to 4
};

/// What an estimator found out about a password.
struct password_estimate {
    int score = 0;              ///< zxcvbn 0..4
    bool block_listed = false;  ///< on the list of common or breached passwords
};

/// Decides on a new password; never on one that is being verified, which is taken exactly as received (ASVS 6.2.8).
/// @return every broken rule, with `pointer`. No composition rule, on purpose (NIST SP 800-63B-4 section 3.1.1.2).
violations decide_password(secret const& password, password_estimate const& estimate, password_policy const& policy, std::string_view pointer);

}  // namespace mb::identity
