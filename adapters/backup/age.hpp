#pragma once

#include "adapters/backup/child.hpp"
#include "adapters/backup/descriptor.hpp"
#include "core/domain/base/outcome.hpp"

#include <string>
#include <vector>

namespace mb::backup {

/// The program age (https://age-encryption.org) with one end of a pipe to it.
struct age_process {
    child program;
    descriptor pipe;
};

/// What is written to the pipe arrives at `to`, encrypted for every one of the recipients. Close the pipe, then wait for the program.
/// @error unavailable  age is not installed
outcome<age_process> encrypt_with_age(std::vector<std::string> const& recipients, descriptor const& to);
/// What is read from the pipe is what was encrypted. Read to the end, then wait for the program: only that says that nothing was cut off.
/// @param identity_file  path of the key
/// @error unavailable  age is not installed
outcome<age_process> decrypt_with_age(std::string const& identity_file, descriptor const& from);

/// Whether a file begins as age begins one, in binary or in armour. @error unavailable
outcome<bool> is_encrypted(std::string const& path);

}  // namespace mb::backup
