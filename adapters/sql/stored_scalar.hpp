#pragma once

#include "core/domain/shape/value.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace mb::sql {

/// A bound or a default of a field as one text that keeps its type: z, b0, b1, i<integer>, r<double>, s<text>, u<uuid>.
std::string write_scalar(shape::scalar const& cell);
std::optional<shape::scalar> read_scalar(std::string_view text);

}  // namespace mb::sql
