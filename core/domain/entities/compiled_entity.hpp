#pragma once

#include "core/domain/base/function_ref.hpp"
#include "core/domain/entities/definition.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace mb::entities {

/// Makes a matcher of a pattern's text; null where it is no pattern. Borrowed for one call.
using compile_pattern = function_ref<std::shared_ptr<shape::pattern const>(std::string_view)>;

/// A definition and the rules that its records obey: what use cases keep and share. Immutable.
struct compiled_entity {
    entity_definition definition;
    shape::object_rule rule;  ///< one for each field, in the order of the definition
};

/// The rule of one field. ENUM is judged by its options' text; its fallback is that text, where the definition holds a number.
/// A pattern that no longer compiles matches nothing: writing is refused rather than unchecked.
shape::field_rule rule_of(field_definition const& field, compile_pattern compile);
/// What makes a value one of the field's type, without the constraints: for bounds, and for what is compared with stored values.
shape::field_rule type_rule_of(field_definition const& field);
shape::object_rule record_rule(entity_definition const& definition, compile_pattern compile);
std::shared_ptr<compiled_entity const> compile(entity_definition definition, compile_pattern patterns);

/// The place of a field, by its UUID or by its name.
std::optional<std::size_t> find_field(entity_definition const& definition, std::string_view id_or_name);
enum_option const* find_option(field_definition const& field, std::int64_t number) noexcept;
enum_option const* find_option(field_definition const& field, std::string_view value) noexcept;

/// The JSON value of a cell: DECIMAL, DATE, DATETIME and UUID as text, ENUM as its option's value.
shape::value present(field_definition const& field, shape::scalar const& cell);

}  // namespace mb::entities
