#pragma once

#include "core/domain/base/problem.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mb::http {

constexpr std::size_t query_parameters_max = 64;

/// Decodes a query string once: '+' is a space, %XX a byte. Refused as bad_request: a broken escape, text that is not UTF-8, NUL, an empty name,
/// more than query_parameters_max parameters.
std::variant<std::vector<std::pair<std::string, std::string>>, problem> parse_query(std::string_view raw);

}  // namespace mb::http
