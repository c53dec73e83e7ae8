#include "adapters/memory/database/entity_repositories.hpp"
#include "adapters/memory/database/record_query.hpp"

#include <algorithm>
#include <utility>

namespace mb::memory {
namespace {

using entities::cell;
using entities::entity_definition;
using entities::field_index;
using entities::record;
using entities::record_id;
using ports::record_written;
using state = record_written::state;

error outdated(char const* where) { return {errc::unexpected, where, "the definition is not the one of the table"}; }

/// A table as a definition sees it.
struct mapped {
    record_table const& table;
    cell_positions positions;

    column_reader columns() const { return column_reader{positions}; }

    /// A stored row with its cells in the order of the definition.
    record shown(record const& row) const
    {
        record answer{row.id, row.created_at, row.updated_at, row.created_by, row.version, {}};
        answer.cells.reserve(positions.size());
        for (std::size_t i = 0; i < positions.size(); ++i) answer.cells.push_back(columns().read(row, field_index{i}));
        return answer;
    }

    /// A record with its cells in the order of the table.
    record stored(record const& given) const
    {
        record row{given.id, given.created_at, given.updated_at, given.created_by, given.version, std::vector<cell>(table.columns.size())};
        for (std::size_t i = 0; i < positions.size(); ++i) row.cells[positions[i]] = given.cells[i];
        return row;
    }
};

outcome<mapped> map(tables const& rows, entity_definition const& entity, char const* where)
{
    auto const* table = rows.records.find(entity.number);
    if (table == nullptr) return outdated(where);
    mapped seen{*table, {}};
    seen.positions.reserve(entity.fields.size());
    for (auto const& field : entity.fields) {
        auto const at = std::ranges::find(table->columns, field.number);
        if (at == table->columns.end()) return outdated(where);
        seen.positions.push_back(static_cast<std::size_t>(at - table->columns.begin()));
    }
    return seen;
}

/// The first field whose unique index holds the record's value for another record.
std::optional<field_index> refused_by(mapped const& seen, entity_definition const& entity, record const& wanted)
{
    for (std::size_t i = 0; i < entity.fields.size(); ++i) {
        auto const index = seen.table.unique.find(entity.fields[i].number);
        if (index == seen.table.unique.end()) continue;
        auto const* holder = index->second.find(wanted.cells[i]);
        if (holder != nullptr && *holder != wanted.id) return field_index{i};
    }
    return std::nullopt;
}

/// Replaces what a record has in the unique indexes. @param row  its cells in the order of the table.
template <class Change>
void change_indexes(record_table& table, record const& row, Change change)
{
    for (std::size_t at = 0; at < row.cells.size(); ++at) {
        auto const index = table.unique.find(table.columns[at]);
        if (index != table.unique.end() && !shape::is_null(row.cells[at])) change(index->second, row.cells[at]);
    }
}

void forget(record_table& table, record const& row)
{
    change_indexes(table, row, [](auto& index, cell const& value) { index.erase(value); });
}

void put(record_table& table, record row)
{
    change_indexes(table, row, [&](auto& index, cell const& value) { index.put(value, row.id); });
    table.rows.put(row.id, std::move(row));
}

}  // namespace

outcome<record_written> record_rows::insert(entity_definition const& entity, record const& added)
{
    constexpr auto where = "memory.records.insert";
    MB_TRY(auto* rows, space_.change(where));
    MB_TRY(auto const seen, map(*rows, entity, where));
    if (added.cells.size() != entity.fields.size()) return outdated(where);
    if (seen.table.rows.contains(added.id)) return error{errc::duplicate, where, "id"};
    if (auto const field = refused_by(seen, entity, added)) return record_written{state::duplicate, field};
    auto table = seen.table;
    put(table, seen.stored(added));
    rows->records.put(entity.number, std::move(table));
    return record_written{};
}

outcome<std::optional<record>> record_rows::find(entity_definition const& entity, record_id id)
{
    MB_TRY(auto const seen, map(space_.rows(), entity, "memory.records.find"));
    auto const* row = seen.table.rows.find(id);
    return row == nullptr ? std::nullopt : std::optional(seen.shown(*row));
}

outcome<entities::record_page> record_rows::page(entity_definition const& entity, entities::record_query const& query)
{
    constexpr auto where = "memory.records.page";
    MB_TRY(auto const seen, map(space_.rows(), entity, where));
    if (!is_well_formed(query.where) || (query.after && query.after->keys.size() != query.order.size())) return outdated(where);

    auto const columns = seen.columns();
    record_order const order{query.order, columns};
    bool const by_id = query.order.empty();  // the table's own order: starts where the last page ended, and stops when this one is full
    std::vector<record const*> found;
    seen.table.rows.ascending(
        [&](record_id, record const& row) {
            bool const here = by_id || !query.after || order.precedes(*query.after, row);
            if (here && admits(query.where, row, columns)) found.push_back(&row);
            return !by_id || found.size() <= query.limit;
        },
        by_id && query.after ? std::optional(query.after->last) : std::nullopt);

    entities::record_page page;
    page.has_more = found.size() > query.limit;
    auto const shown = std::min(found.size(), query.limit);
    auto const end = found.begin() + static_cast<std::ptrdiff_t>(shown);
    if (!by_id) std::partial_sort(found.begin(), end, found.end(), [&](record const* a, record const* b) { return order.precedes(*a, *b); });
    page.records.reserve(shown);
    for (auto each = found.begin(); each != end; ++each) page.records.push_back(seen.shown(**each));
    return page;
}

outcome<record_written> record_rows::update(entity_definition const& entity, record const& changed, std::int64_t expected_version)
{
    constexpr auto where = "memory.records.update";
    MB_TRY(auto* rows, space_.change(where));
    MB_TRY(auto const seen, map(*rows, entity, where));
    if (changed.cells.size() != entity.fields.size()) return outdated(where);
    auto const* old = seen.table.rows.find(changed.id);
    if (old == nullptr) return record_written{state::gone};
    if (old->version != expected_version) return record_written{state::version_differs};
    if (auto const field = refused_by(seen, entity, changed)) return record_written{state::duplicate, field};
    auto row = seen.stored(changed);
    row.created_at = old->created_at;
    row.created_by = old->created_by;
    auto table = seen.table;
    forget(table, *old);
    put(table, std::move(row));
    rows->records.put(entity.number, std::move(table));
    return record_written{};
}

outcome<record_written> record_rows::remove(entity_definition const& entity, record_id id, std::optional<std::int64_t> expected_version)
{
    constexpr auto where = "memory.records.remove";
    MB_TRY(auto* rows, space_.change(where));
    MB_TRY(auto const seen, map(*rows, entity, where));
    auto const* old = seen.table.rows.find(id);
    if (old == nullptr) return record_written{state::gone};
    if (expected_version && old->version != *expected_version) return record_written{state::version_differs};
    auto table = seen.table;
    forget(table, *old);
    table.rows.erase(id);
    rows->records.put(entity.number, std::move(table));
    return record_written{};
}

outcome<std::size_t> record_rows::count(entity_definition const& entity, std::vector<entities::comparison> const& where, std::size_t cap)
{
    MB_TRY(auto const seen, map(space_.rows(), entity, "memory.records.count"));
    if (!is_well_formed(where)) return outdated("memory.records.count");
    if (where.empty()) return std::min(seen.table.rows.size(), cap);
    auto const columns = seen.columns();
    std::size_t counted = 0;
    seen.table.rows.ascending([&](record_id, record const& row) {
        if (counted < cap && admits(where, row, columns)) ++counted;
        return counted < cap;
    });
    return counted;
}

}  // namespace mb::memory
