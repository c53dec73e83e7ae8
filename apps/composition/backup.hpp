#pragma once

#include "adapters/config/settings.hpp"
#include "core/domain/base/instant.hpp"
#include "core/domain/base/outcome.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mb::composition {

struct backup_wanted {
    std::string file;                     ///< or a folder: the file in it is named after the time
    std::vector<std::string> recipients;  ///< age1…; none: not encrypted
};
struct backup_written {
    std::string file;
    std::uint64_t bytes = 0;
    std::string sha256;
};

/// Writes a whole copy of the database to a new file, beside whoever uses it, and an audit row about it. Where there are recipients, what reaches
/// that file is encrypted. The file has its name only when it is whole.
/// @error unavailable  the file exists, can't be written, or age is missing. @error corrupt  the database can't be read. @error busy
outcome<backup_written> back_up(config::settings const& settings, backup_wanted const& wanted);

struct restore_wanted {
    std::string file;
    std::optional<std::string> identity_file;
};
struct restored {
    std::string program;  ///< version of the program that made the backup
    instant created{};
    std::size_t sessions_ended = 0;
};

/// Checks a backup, brings its schema up to date, ends the sessions in it, and puts it in the place of the database, which nobody may be using.
/// Where anything is wrong the database stands as it was.
/// @error busy  the database is in use. @error corrupt  the backup was cut, altered, made by a newer program, or under another MASTER_KEY.
/// @error unavailable  the file can't be read, the identity doesn't fit, or age is missing
outcome<restored> restore(config::settings const& settings, restore_wanted const& wanted);

}  // namespace mb::composition
