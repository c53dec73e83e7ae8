#pragma once

#include "core/domain/base/problem.hpp"

namespace mb::http {

/// The HTTP status that a problem is answered with (contract.md section 1, security.md section 2).
int status_of(problem why) noexcept;

}  // namespace mb::http
