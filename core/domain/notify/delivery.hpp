#pragma once

#include "core/domain/base/instant.hpp"

#include <cstddef>
#include <optional>

namespace mb::notify {

struct delivery_policy {
    duration first_wait = std::chrono::seconds{30};  ///< doubles with each attempt
    duration wait_max = std::chrono::hours{1};
    std::size_t batch = 50;  ///< messages of one run
    /// How long a message is left to who took it: more than any delivery takes.
    duration hold = std::chrono::minutes{5};
};

/// When to try a message again that couldn't be delivered AT `now`; nothing where it would come AT its end or later.
/// @param attempts  failed ones before this one.
std::optional<instant> decide_retry(int attempts, instant expires_at, delivery_policy const& policy, instant now) noexcept;

}  // namespace mb::notify
