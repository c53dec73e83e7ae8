#pragma once

#include "adapters/http/exchange.hpp"
#include "adapters/http/route.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/access/record_denial.hpp"

#include <optional>

namespace mb::http {

/// What the row has against the caller, whose key may lack the scope that it wants, or whose roles may not administer; nothing where they pass.
std::optional<usecases::refused_request> refuse_by_table(route const& row, usecases::caller const& who);

/// Reads the step-up token that goes with the caller, where the row wants one; one that is no good is as none. Refuses where the row wants
/// the second factor of an account that has one. An API key is let through: its scopes bound it, and making it took the factor.
std::optional<response> read_proof(exchange& asked);

}  // namespace mb::http
