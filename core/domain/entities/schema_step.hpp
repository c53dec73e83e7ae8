#pragma once

#include "core/domain/entities/definition.hpp"

#include <variant>
#include <vector>

namespace mb::entities {

/// Physical changes, in the order of a plan. Names are made from numbers: nothing an admin typed reaches DDL.
struct create_table {};
struct drop_table {};
struct add_column {
    field_definition field;
};
struct drop_column {
    field_definition field;
};
/// An index for is_unique or is_indexed of a field.
struct create_index {
    field_definition field;
    bool unique = false;
};
struct drop_index {
    field_definition field;
    bool unique = false;
};
/// Writes `field.fallback` where the column holds NULL.
struct fill_column {
    field_definition field;
};
using schema_step = std::variant<create_table, drop_table, add_column, drop_column, create_index, drop_index, fill_column>;
using schema_plan = std::vector<schema_step>;

}  // namespace mb::entities
