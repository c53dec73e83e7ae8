#pragma once

#include "adapters/http/exchange.hpp"
#include "adapters/http/route.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/access/record_denial.hpp"

#include <optional>

namespace mb::http {

/// What the row has against the caller, whose key may lack the scope that it wants, or whose roles may not administer; nothing where they pass.
std::optional<usecases::refused_request> refuse_by_table(route const& row, usecases::caller const& who);

/// Reads the step-up token that goes with the caller, where the row wants one. One that is no good is as none: the use case says what is missing.
std::optional<response> read_proof(exchange& asked);

}  // namespace mb::http
