#pragma once

#include "core/domain/entities/compiled_entity.hpp"
#include "core/domain/entities/record.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mb::usecases {

/// A record and the definition that it is to be shown by.
struct stored_record {
    std::shared_ptr<entities::compiled_entity const> entity;  ///< never null
    entities::record content;
};

struct record_count {
    std::size_t number = 0;
    bool capped = false;  ///< there are at least `number`
};

struct record_list {
    std::shared_ptr<entities::compiled_entity const> entity;  ///< never null
    std::vector<entities::record> records;
    std::vector<entities::column> shown;     ///< none: every column; `id` always
    std::optional<std::string> next_cursor;  ///< given where there is more
    std::optional<record_count> count;
};

struct entity_list {
    std::vector<std::shared_ptr<entities::compiled_entity const>> entities;
    bool has_more = false;
};

/// An entity after a change of one of its fields.
struct defined_field {
    entities::entity_definition entity;
    entities::field_index at;
};

}  // namespace mb::usecases
