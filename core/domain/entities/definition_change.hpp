#pragma once

#include "core/domain/base/problem.hpp"
#include "core/domain/entities/definition.hpp"
#include "core/domain/entities/record.hpp"
#include "core/domain/entities/schema_step.hpp"

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace mb::entities {

enum class population : std::uint8_t { no_records, some_records };

/// What stored records must not show before a change is carried out; where one does, the change is unsafe_change.
struct scan {
    /// No record may match any of these (each alone).
    std::vector<comparison> forbidden;
    /// Where given, every record's cell of this field must obey the new rule: what no comparison can tell (length, pattern).
    std::optional<field_index> reread;

    bool empty() const noexcept { return forbidden.empty() && !reread; }
};

/// A change of an entity that was decided: its new definition (revision and time untouched), what to look for in the records as they are
/// under the old definition, and what to do to its table.
struct definition_change {
    entity_definition after;
    scan look_for;
    schema_plan plan;
};

using change_decision = std::variant<definition_change, problem>;

/// Decides one change (entities.md section 2.2). `field` is complete, with id, number and numbered options.
/// @return field_exists, limit_reached or unsafe_change where it may not be.
change_decision decide_new_field(entity_definition const& before, field_definition field, population records, entity_limits const& limits);

/// @param field  has the id of the field it replaces.
/// @param fresh_number  physical number for a column that must be made anew because of its type.
change_decision decide_changed_field(entity_definition const& before, field_index at, field_definition field, std::int64_t fresh_number,
                                     population records, entity_limits const& limits);
definition_change decide_removed_field(entity_definition const& before, field_index at);

/// An entity with records is deleted only where the asker repeats its name. @return entity_not_empty, or nothing.
std::optional<problem> decide_removed_entity(entity_definition const& entity, population records, std::optional<std::string_view> confirmed);

}  // namespace mb::entities
