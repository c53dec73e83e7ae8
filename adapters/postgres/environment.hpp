#pragma once

#include "core/domain/base/outcome.hpp"

#include <string>
#include <vector>

namespace mb::postgres {

/// What a URL says, as the programs of PostgreSQL read it from their environment: a command line can be read by every user of the machine.
struct client_environment {
    std::vector<std::string> variables;  ///< PGHOST=…, PGPASSWORD=…
    std::string database;                ///< as in the URL; "" where it names none
};
/// @error unexpected  the URL can't be read
outcome<client_environment> environment_of(std::string const& url);

}  // namespace mb::postgres
