#pragma once

#include "core/domain/entities/compiled_entity.hpp"
#include "core/domain/entities/record.hpp"

#include <optional>
#include <variant>
#include <vector>

namespace mb::entities {

/// Reads the body of a new or replaced record: every rule of every field; what is absent becomes its default, or NULL.
/// @return one cell for each field, in their order; or everything that is wrong. A system column in the body is reserved_name.
std::variant<std::vector<cell>, violations> accept_record(compiled_entity const& entity, shape::value const& body);

/// What a PATCH asks for (RFC 7396): one entry for each field; nothing where the field stays as it is, a null cell where it is cleared.
struct record_patch {
    std::vector<std::optional<cell>> cells;
};
std::variant<record_patch, violations> accept_patch(compiled_entity const& entity, shape::value const& body);
void apply_patch(record_patch const& patch, std::vector<cell>& cells);

/// Whether a stored cell obeys the rule of a field, as a new value would have to. Null obeys unless the field is required.
bool obeys(field_definition const& field, shape::field_rule const& rule, cell const& stored);

}  // namespace mb::entities
