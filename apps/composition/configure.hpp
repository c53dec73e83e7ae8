#pragma once

#include "adapters/config/settings.hpp"
#include "apps/composition/arguments.hpp"

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mb::composition {

/// Reads the command line and the configuration, for --help, --version, --check and --print-config too.
/// @param line      the program's own arguments and commands; --env-file, --check and --print-config come before them.
/// @param env_file  set to what --env-file names, before a command is called.
/// @param judge     says what else is wrong with a configuration that can be read, in sentences for the operator.
/// @return what is in force, with the lab's own secrets; or the exit code, where there is nothing left to do or something is wrong. Every problem has
/// been told on standard error then.
std::variant<config::settings, int> configure(config::profile profile, command line, std::optional<std::string>& env_file, int argc,
                                              char const* const* argv,
                                              std::function<std::vector<std::string>(config::settings const&)> const& judge = {});

}  // namespace mb::composition
