#pragma once

#include "adapters/config/settings.hpp"
#include "adapters/config/sources.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mb::config {

struct arguments {
    profile fallback = profile::production;  ///< where ENVIRONMENT says nothing
    variables environment;
    std::optional<std::string> env_file;  ///< its path; what the environment says wins
};

/// The variables of this process.
variables process_environment();

/// Everything that is right, or everything that is wrong: complete messages in the language that METABUILDER_LANG asks for.
/// An empty value counts as not given. Reads the env file and the files that NAME_FILE variables point at, and nothing else.
std::variant<settings, std::vector<std::string>> load(arguments const& from);

}  // namespace mb::config
