#pragma once

#include "adapters/config/judge.hpp"

#include <map>
#include <string>

namespace mb::config {

/// Fills in the defaults that depend on other settings, checks what must hold between several, and lists what is in force.
/// @param said  by declared name
void derive(settings& into, std::map<std::string, given> const& said, problems& found);

}  // namespace mb::config
