#pragma once

#include "core/domain/entities/definition.hpp"

#include <variant>

namespace mb::entities {

using record_id = id<struct record_tag>;
using cell = shape::scalar;

struct record {
    record_id id;
    instant created_at{};
    instant updated_at{};
    std::optional<identity::user_id> created_by;
    std::int64_t version = 1;  ///< its ETag is "v<version>"
    std::vector<cell> cells;   ///< one for each field of the definition, in its order; in stored form
};

enum class system_column : std::uint8_t { id, created_at, updated_at, created_by, version };
struct field_index {
    std::size_t at = 0;  ///< into entity_definition::fields
    friend auto operator<=>(field_index, field_index) = default;
};
/// A column of a record. Made only by resolving a name against a definition: no text of a client reaches SQL.
using column = std::variant<system_column, field_index>;

enum class comparison_op : std::uint8_t { eq, ne, lt, lte, gt, gte, in, nin, between, null };

/// ne and nin hold for NULL rows too; in with nothing holds for none, nin with nothing for all (entities.md section 1).
struct comparison {
    column what;
    comparison_op op = comparison_op::eq;
    std::vector<cell> operands;  ///< null: one bool; between: two; in, nin: 0 to 200; the rest: one. Never null otherwise
};

enum class direction : std::uint8_t { ascending, descending };
struct sort_key {
    column by;
    direction way = direction::ascending;
};

/// Where the previous page ended: the values of the sort keys of its last record, and its id.
struct page_position {
    std::vector<cell> keys;
    record_id last;
};

/// One page of one entity. NULL sorts smallest; text sorts by bytes; the record's id breaks ties in the direction of the first key
/// (ascending where there is none).
struct record_query {
    std::vector<comparison> where;  ///< all must hold
    std::vector<sort_key> order;    ///< 0 to 4 keys, without the tie-breaker
    std::size_t limit = 50;
    std::optional<page_position> after;
};

struct record_page {
    std::vector<record> records;  ///< at most `limit`
    bool has_more = false;
};

}  // namespace mb::entities
