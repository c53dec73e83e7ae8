#pragma once

#include "apps/composition/services.hpp"
#include "core/usecases/operations/import_users.hpp"

#include <string>

namespace mb::composition {

/// Imports the accounts of an NDJSON file. @error as usecases::import_users and user_lines::read_accounts
outcome<usecases::import_report> import_users(services& with, std::string const& path, usecases::import_wishes const& wishes);

}  // namespace mb::composition
