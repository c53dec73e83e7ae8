#pragma once

#include "core/domain/base/answer.hpp"
#include "core/domain/entities/compiled_entity.hpp"
#include "core/domain/entities/record.hpp"

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace mb::entities {

/// Limits of the grammar of entities.md section 1.
struct query_limits {
    std::size_t parameters_max = 64;
    std::size_t comparisons_max = 60;
    std::size_t operands_max = 200;
    std::size_t sort_keys_max = 4;
    std::size_t shown_max = 100;
    std::size_t page_max = 200;
};

/// `capped` also answers `estimated`: no storage of ours estimates better than it counts to the cap.
enum class count_mode : std::uint8_t { none, capped, exact };

/// A list request that was understood, all but its cursor, which must be opened first (cursor.hpp).
struct parsed_query {
    record_query query;
    std::vector<column> shown;  ///< none: every column; `id` is shown always
    count_mode count = count_mode::none;
    std::optional<std::string> cursor;
};

/// One parameter of a query string, percent-decoded, UTF-8.
using parameter = std::pair<std::string, std::string>;

/// Reads filter[field][op]=, filter[field]=, sort=, fields=, limit=, cursor= and count=. Names are resolved and operands typed by the
/// definition: what can't be read is refused, never guessed.
/// @return unknown_parameter where a name is none of these, else invalid_parameter; every fault is in the details, whose pointers name the
/// parameter ("/filter[age][gte]").
std::variant<parsed_query, denial> parse_record_query(compiled_entity const& entity, std::span<parameter const> given,
                                                      query_limits const& limits = {});

/// A column by the name that records show it under.
std::optional<column> find_column(entity_definition const& definition, std::string_view name) noexcept;
/// What values of the column are: a field's type, or that of the system column.
shape::field_rule type_rule_of(entity_definition const& definition, column const& what);
/// The cell of a column, in stored form.
cell cell_of(record const& from, column const& what);

}  // namespace mb::entities
