#pragma once

#include "core/domain/base/instant.hpp"

namespace mb::identity {

struct link_policy {
    duration verify_life = std::chrono::hours{24};
    int attempts_max = 3;  ///< wrong secrets that block a link (seed 002 section 2)
    /// The least time between two mails that one account can be made to get by asking again.
    duration resend_interval = std::chrono::minutes{1};
};

}  // namespace mb::identity
