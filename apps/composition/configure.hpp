#pragma once

#include "adapters/config/settings.hpp"

#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace CLI {
class App;
}

namespace mb::composition {

/// Reads the command line and the configuration, for --help, --version, --check and --print-config too.
/// @param more   adds a program's own commands to its command line.
/// @param judge  says what else is wrong with a configuration that can be read, in sentences for the operator.
/// @return what is in force, with the lab's own secrets; or the exit code, where there is nothing left to do or something is wrong. Every problem has
/// been told on standard error then.
std::variant<config::settings, int> configure(config::profile profile, char const* program, int argc, char** argv,
                                              std::function<void(CLI::App&)> const& more = {},
                                              std::function<std::vector<std::string>(config::settings const&)> const& judge = {});

}  // namespace mb::composition
