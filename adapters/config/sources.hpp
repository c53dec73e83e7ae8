#pragma once

#include "adapters/config/problems.hpp"
#include "adapters/config/settings.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace mb::config {

using variables = std::map<std::string, std::string, std::less<>>;

/// Reads NAME=value lines: '#' begins a line of comment; blanks around both sides and one pair of quotes around the value are dropped;
/// nothing is expanded. Every bad line is told by its number, never by its content: it may be a piece of a secret.
variables read_env_file(std::string_view content, problems& found);

/// At most `bytes_max` of a file; nothing where it can't be read or is longer.
std::optional<std::string> read_whole_file(std::string const& path, std::size_t bytes_max);

/// The known name that `name` is probably a misspelling of, or nothing. Short names are only near themselves: HOME is no HOST.
std::optional<std::string> nearest_known_name(std::string_view name);

/// Refuses every name of an env file that is not declared.
void refuse_unknown_in_file(variables const& given, problems& found);
/// Refuses the names of the environment that look like ours and are not: others are other programs'.
void refuse_unknown_in_environment(variables const& given, problems& found);

}  // namespace mb::config
