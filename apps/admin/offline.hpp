#pragma once

#include <optional>
#include <string>
#include <vector>

namespace mb::admin {

// Commands that need neither a database nor a valid configuration: they help to make one. Each returns the exit code.

struct key_arguments {
    std::vector<std::string> names;     ///< of settings; empty: all
    std::optional<std::string> file;    ///< NAME=value lines go to this new file
    std::optional<std::string> folder;  ///< one file a secret, named as in the examples of deploy/
};

/// Draws key material and writes it to a new file of mode 0600, to new files of a folder, or to a terminal: never where a log could be.
int generate_keys(key_arguments const& asked);

/// Says everything that is wrong with the configuration of a production server, or of the profile that ENVIRONMENT names.
int check_configuration(std::optional<std::string> const& env_file);

}  // namespace mb::admin
