#pragma once

#include "core/domain/entities/record.hpp"

#include <cstddef>
#include <vector>

namespace mb::memory {

/// For each field of a definition, where its cells are in a stored row.
using cell_positions = std::vector<std::size_t>;

/// Reads one column of a stored row, a system column in the stored form of its type.
class column_reader {
public:
    explicit column_reader(cell_positions const& positions) noexcept : positions_(positions) {}
    /// @param scratch  holds the answer where it is not a cell of the row.
    entities::cell const& read(entities::record const& row, entities::column const& what, entities::cell& scratch) const;
    entities::cell const& read(entities::record const& row, entities::field_index field) const;

private:
    cell_positions const& positions_;
};

/// Whether every comparison has the number of operands that its operator takes.
bool is_well_formed(std::vector<entities::comparison> const& where) noexcept;
/// Whether all comparisons hold for the row. MUST be well formed.
bool admits(std::vector<entities::comparison> const& where, entities::record const& row, column_reader const& columns);

/// The order of a query's records.
class record_order {
public:
    record_order(std::vector<entities::sort_key> const& keys, column_reader const& columns) noexcept : keys_(keys), columns_(columns) {}
    bool precedes(entities::record const& left, entities::record const& right) const;
    bool precedes(entities::page_position const& left, entities::record const& right) const;

private:
    bool id_precedes(entities::record_id left, entities::record_id right) const;

    std::vector<entities::sort_key> const& keys_;
    column_reader const& columns_;
};

}  // namespace mb::memory
