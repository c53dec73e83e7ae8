#pragma once

#include "core/domain/access/role.hpp"
#include "core/domain/base/id.hpp"
#include "core/domain/base/instant.hpp"
#include "core/domain/base/text.hpp"
#include "core/domain/identity/user.hpp"
#include "core/domain/shape/rule.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mb::entities {

using field_id = id<struct field_tag>;

/// One allowed value of an ENUM field. Rows hold `number`, so a label or a value can be renamed without touching them.
struct enum_option {
    std::int64_t number = 0;  ///< never reused within the field
    std::string value;
    std::string label;
    friend bool operator==(enum_option const&, enum_option const&) = default;
};

/// A column that an admin defined. Stored forms of values: shape::scalar; ENUM is stored as the option's number.
struct field_definition {
    field_id id;
    std::int64_t number = 0;  ///< physical column f_<number>; given by the storage, never reused
    identifier name = identifier::restore("");
    std::string display_name;
    shape::kind type = shape::kind::text;  ///< never list or object
    bool is_required = false;
    bool is_unique = false;
    bool is_indexed = false;
    std::optional<std::int64_t> min_length;
    std::optional<std::int64_t> max_length;
    std::optional<shape::scalar> min;  ///< in stored form
    std::optional<shape::scalar> max;
    int precision = 18;  ///< DECIMAL
    int scale = 2;       ///< DECIMAL
    std::optional<std::string> pattern;
    std::vector<enum_option> options;
    std::optional<shape::scalar> fallback;  ///< the API's `default`, in stored form
    friend bool operator==(field_definition const&, field_definition const&) = default;
};

/// A table that an admin defined. Physical name e_<number>.
struct entity_definition {
    entity_id id;
    std::int64_t number = 0;
    identifier name = identifier::restore("");
    std::string display_name;
    std::string description;
    std::int64_t revision = 1;  ///< grows with each change of the entity or of a field; its ETag
    instant created_at{};
    instant updated_at{};
    std::optional<identity::user_id> created_by;
    std::vector<field_definition> fields;  ///< in the order in which they are shown
};

/// Limits of entities.md section 2.1 and contract.md section 1.
struct entity_limits {
    std::size_t entities_max = 500;
    std::size_t fields_max = 200;
    std::size_t indexes_max = 32;
    std::size_t options_max = 500;
    std::size_t pattern_bytes_max = 500;
};

/// Names that a record carries itself or that the query grammar needs; a field can't have them, nor one that begins with _ or $.
bool is_reserved_field_name(std::string_view name) noexcept;

}  // namespace mb::entities
