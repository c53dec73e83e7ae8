#pragma once

#include "adapters/config/settings.hpp"
#include "ports/randomness.hpp"

#include <string>
#include <variant>

namespace mb::config {

/// Whether the folder holds secrets that a lab made.
bool has_lab_secrets(std::string const& state_dir);

/// Gives `into` the MASTER_KEY and JWT_SECRET that it lacks: those of <state_dir>/secrets.env, made there on the first call (file 0600,
/// folder 0700) and the same ever after, also where several processes call at once. For the development profile only.
/// @return "" or what is wrong, in the language of `into`: a folder that can't be written, a file that others may read, a damaged file.
std::string fill_lab_secrets(settings& into, ports::randomness const& random);

}  // namespace mb::config
