#include "adapters/memory/database/record_query.hpp"

#include <algorithm>
#include <variant>

namespace mb::memory {
namespace {

using entities::cell;
using entities::comparison;
using entities::comparison_op;
using entities::direction;
using entities::record;

// The order of cells is the variant's own: null (its first alternative) below everything, text and uuids by unsigned bytes, false below true.

bool holds(comparison const& each, cell const& held)
{
    auto const& operands = each.operands;
    bool const null = shape::is_null(held);
    switch (each.op) {
        case comparison_op::eq: return !null && held == operands[0];
        case comparison_op::ne: return null || held != operands[0];
        case comparison_op::lt: return !null && held < operands[0];
        case comparison_op::lte: return !null && held <= operands[0];
        case comparison_op::gt: return !null && held > operands[0];
        case comparison_op::gte: return !null && held >= operands[0];
        case comparison_op::in: return !null && std::ranges::find(operands, held) != operands.end();
        case comparison_op::nin: return null || std::ranges::find(operands, held) == operands.end();
        case comparison_op::between: return !null && operands[0] <= held && held <= operands[1];
        case comparison_op::null: return null == std::get<bool>(operands[0]);
    }
    return false;
}

bool has_its_operands(comparison const& each) noexcept
{
    switch (each.op) {
        case comparison_op::in:
        case comparison_op::nin: return true;
        case comparison_op::between: return each.operands.size() == 2;
        case comparison_op::null: return each.operands.size() == 1 && std::holds_alternative<bool>(each.operands[0]);
        default: return each.operands.size() == 1;
    }
}

}  // namespace

cell const& column_reader::read(record const& row, entities::field_index field) const
{
    static cell const null;
    auto const at = positions_[field.at];
    return at < row.cells.size() ? row.cells[at] : null;
}

cell const& column_reader::read(record const& row, entities::column const& what, cell& scratch) const
{
    if (auto const* field = std::get_if<entities::field_index>(&what)) return read(row, *field);
    switch (std::get<entities::system_column>(what)) {
        case entities::system_column::id: scratch = row.id.bytes; break;
        case entities::system_column::created_at: scratch = to_micros(row.created_at); break;
        case entities::system_column::updated_at: scratch = to_micros(row.updated_at); break;
        case entities::system_column::created_by: scratch = row.created_by ? cell{row.created_by->bytes} : cell{}; break;
        case entities::system_column::version: scratch = row.version; break;
    }
    return scratch;
}

bool is_well_formed(std::vector<comparison> const& where) noexcept { return std::ranges::all_of(where, has_its_operands); }

bool admits(std::vector<comparison> const& where, record const& row, column_reader const& columns)
{
    cell scratch;
    return std::ranges::all_of(where, [&](comparison const& each) { return holds(each, columns.read(row, each.what, scratch)); });
}

bool record_order::id_precedes(entities::record_id left, entities::record_id right) const
{
    bool const down = !keys_.empty() && keys_.front().way == direction::descending;
    return down ? right < left : left < right;
}

bool record_order::precedes(record const& left, record const& right) const
{
    cell left_scratch;
    cell right_scratch;
    for (auto const& key : keys_) {
        auto const& a = columns_.read(left, key.by, left_scratch);
        auto const& b = columns_.read(right, key.by, right_scratch);
        if (a != b) return key.way == direction::ascending ? a < b : b < a;
    }
    return id_precedes(left.id, right.id);
}

bool record_order::precedes(entities::page_position const& left, record const& right) const
{
    cell scratch;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        auto const& b = columns_.read(right, keys_[i].by, scratch);
        if (left.keys[i] != b) return keys_[i].way == direction::ascending ? left.keys[i] < b : b < left.keys[i];
    }
    return id_precedes(left.last, right.id);
}

}  // namespace mb::memory
