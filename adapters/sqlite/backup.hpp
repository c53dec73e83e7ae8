#pragma once

#include "core/domain/base/outcome.hpp"

#include <string>

namespace mb::sqlite {

/// Writes a whole, consistent copy of a database that others may be using, readable by its owner only.
/// @error unavailable  the target exists already or can't be written. @error corrupt  the database can't be read.
outcome<void> back_up(std::string const& database, std::string const& target);

/// Whether another process has the database open.
bool is_in_use(std::string const& database) noexcept;

/// Puts a checked copy in the place of a database that nobody uses; what stood there is kept beside it as <database>.before-restore.
/// @error unavailable  a file can't be moved; the database stands as it was.
outcome<void> put_in_place(std::string const& copy, std::string const& database);

}  // namespace mb::sqlite
