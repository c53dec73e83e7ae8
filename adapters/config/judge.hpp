#pragma once

#include "adapters/config/declarations.hpp"

#include <map>
#include <string>

namespace mb::config {

/// What the operator said about one setting.
struct given {
    std::string text;
    std::string as;    ///< the variable, NAME_FILE and aliases told apart
    std::string base;  ///< the same without _FILE
    origin from = origin::environment;
};

/// Reads and checks one setting, or its default, and stores it in `into`; `into.environment` is already known.
/// @param said  null where nothing was given
void judge(declaration const& of, given const* said, settings& into, problems& found);

}  // namespace mb::config
