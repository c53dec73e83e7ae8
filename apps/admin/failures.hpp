#pragma once

#include "core/domain/base/outcome.hpp"

#include <string>

namespace mb::admin {

/// Says on standard error what went wrong. @return the exit code of a command that failed.
int fail(error const& failure);
int fail(std::string const& why);

}  // namespace mb::admin
