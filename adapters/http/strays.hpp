#pragma once

#include "adapters/http/edge/service.hpp"
#include "adapters/http/use_cases.hpp"

#include <string_view>

namespace mb::http {

/// Counts, by its address, a request that was refused: for a path that there isn't, and where its path, its query or its body looks like an
/// injection.
void note_refusal(use_cases const& cases, request_head const& head, std::string_view body, bool path_unknown);

}  // namespace mb::http
