#pragma once

#include "core/domain/base/secret.hpp"
#include "core/domain/identity/recovery_code.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"

#include <vector>

namespace mb::usecases {

/// A set of recovery codes, drawn before the work that stores it.
struct recovery_set {
    std::vector<secret> texts;  ///< shown once, and kept by nobody
    std::vector<identity::recovery_code> rows;
};
recovery_set draw_recovery_set(identity::user_id owner, ports::randomness const& random, ports::digester const& digests, instant now);

}  // namespace mb::usecases
