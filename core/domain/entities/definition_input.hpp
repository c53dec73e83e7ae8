#pragma once

#include "core/domain/entities/compiled_entity.hpp"

#include <string>
#include <variant>

namespace mb::entities {

/// What an admin says of an entity.
struct entity_input {
    identifier name;
    std::string display_name;
    std::string description;
};

/// name, display_name, description (seed 000 section 4.1.1).
shape::object_rule const& entity_input_rule();
std::variant<entity_input, violations> accept_entity(shape::value const& body);

/// The members of a field whose rules don't depend on its type. Beside them stand `min`, `max` and `default` (a value of the type)
/// and `options` (texts, or objects {value, label}).
shape::object_rule const& field_input_rule();

/// Reads the whole definition of a field, with every rule that it breaks: a constraint that its type can't have, bounds that contradict,
/// a default that the field itself would refuse. A member that is null counts as absent.
/// @param before  the field that is replaced: options that it has keep their number. Null for a new field.
/// @return a definition without id and number; new options have provisional numbers below 0 (see number_options).
std::variant<field_definition, violations> accept_field(shape::value const& body, field_definition const* before, compile_pattern compile,
                                                        entity_limits const& limits);

/// Whether number_options has something to do.
bool has_new_options(field_definition const& field) noexcept;
/// Gives new options their lasting numbers, and the default where it is one of them.
/// @param base  a number that was never given before; the options get numbers of the thousand that begins at base * 1000.
void number_options(field_definition& field, std::int64_t base);

}  // namespace mb::entities
