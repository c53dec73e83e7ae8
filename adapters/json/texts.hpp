#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The two JSON forms that are kept inside a column: a list of strings, and an object of strings.
namespace mb::json {

using text_pairs = std::vector<std::pair<std::string, std::string>>;

std::string write_texts(std::span<std::string const> items);
/// Nothing where the text is no JSON list of strings.
std::optional<std::vector<std::string>> read_texts(std::string_view json);

/// The names must differ from each other.
std::string write_text_pairs(text_pairs const& members);
/// In the order they were written. Nothing where the text is no JSON object of strings.
std::optional<text_pairs> read_text_pairs(std::string_view json);

}  // namespace mb::json
