#pragma once

#include "core/domain/base/outcome.hpp"

#include <string>

namespace mb::sqlite {

/// Makes the file where it is missing (mode 0600), and looks at the header of the one that is there.
/// @error corrupt  no database, or one that was cut short; the detail names the command that helps.
/// @error unavailable  it can't be made or read.
outcome<void> prepare_file(std::string const& path);

}  // namespace mb::sqlite
