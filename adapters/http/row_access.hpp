#pragma once

#include "adapters/http/route.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/access/record_denial.hpp"

#include <optional>

namespace mb::http {

/// What the row has against the caller, whose key may lack the scope that it wants, or whose roles may not administer; nothing where they pass.
std::optional<usecases::refused_request> refuse_by_table(route const& row, usecases::caller const& who);

}  // namespace mb::http
