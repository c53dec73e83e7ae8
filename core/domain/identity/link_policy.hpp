#pragma once

#include "core/domain/base/instant.hpp"
#include "core/domain/notify/language.hpp"

#include <cstddef>

namespace mb::identity {

/// Rules of mailed links (seed 002 section 2).
struct link_policy {
    duration verify_life = std::chrono::hours{24};
    duration reset_life = std::chrono::hours{1};
    duration magic_life = std::chrono::minutes{10};
    int attempts_max = 3;  ///< wrong secrets that block a link
    /// How long a link is not looked at after a wrong secret; doubles with each further one.
    duration cool_down = std::chrono::minutes{1};
    duration cool_down_max = std::chrono::minutes{15};
    int validations_max = 20;  ///< how often a link may be found good without being used
    /// Wrong secrets for the links of one account, within the memory, that end all of them and let none be mailed.
    std::size_t failures_max = 6;
    duration failure_memory = std::chrono::minutes{30};
    /// The least time between two mails that one account can be made to get by asking again.
    duration resend_interval = std::chrono::minutes{1};
    notify::language tongue = notify::language::es;  ///< of the mails that their reader did not ask for
    duration warning_life = std::chrono::hours{24};  ///< how long these are worth sending
};

}  // namespace mb::identity
