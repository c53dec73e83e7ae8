#pragma once

#include "adapters/postgres/session.hpp"

#include <string>

namespace mb::postgres {

/// Reads every row of every table of ours, looks for references that lead nowhere and for indexes that are not valid, and compares the
/// definitions with the tables that they describe. Inside a transaction of the session.
/// @return what it found, one line each. @error corrupt  a page can't be read.
outcome<std::string> find_problems(session& on);

}  // namespace mb::postgres
