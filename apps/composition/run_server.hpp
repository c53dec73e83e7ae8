#pragma once

#include "adapters/config/settings.hpp"

namespace mb::composition {

/// The whole life of a server process: configure, compose, run, drain.
/// @return the process's exit code: 0 after an orderly end, 1 where it could not start or had to cut requests.
int run_server(config::profile profile, char const* program, int argc, char const* const* argv);

}  // namespace mb::composition
