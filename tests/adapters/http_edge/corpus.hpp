#pragma once

#include <string>
#include <vector>

namespace mb::http::testing {

enum class afterwards {
    open,     ///< the same connection answers the next request
    closed,   ///< exactly one answer, then the end; what came behind is not parsed
    reset_ok  ///< as closed, but so much is sent that the answer may be lost to a reset
};

/// One raw request and what the edge must do with it.
struct raw_case {
    char const* name;
    std::string bytes;
    int status;
    afterwards then = afterwards::closed;
    std::string echoed{};  ///< must be in the body of the answer
};

std::vector<raw_case> request_line_cases();
std::vector<raw_case> target_cases();
std::vector<raw_case> field_cases();
std::vector<raw_case> body_cases();

}  // namespace mb::http::testing
