#include "adapters/memory/database/entity_repositories.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace mb::memory {
namespace {

using entities::cell;
using entities::entity_definition;
using entities::field_definition;
using entities::record;
using entities::record_id;

constexpr char const* altering = "memory.entities.alter";

error misfit(char const* why) { return {errc::unexpected, altering, why}; }

/// Where a field's cells are in a row of the table.
std::optional<std::size_t> position_of(record_table const& table, field_definition const& field)
{
    auto const at = std::ranges::find(table.columns, field.number);
    if (at == table.columns.end()) return std::nullopt;
    return static_cast<std::size_t>(at - table.columns.begin());
}

template <class Change>
void change_rows(record_table& table, Change change)
{
    std::vector<record> changed;
    table.rows.ascending([&](record_id, record const& row) {
        auto copy = row;
        if (change(copy)) changed.push_back(std::move(copy));
        return true;
    });
    for (auto& row : changed) table.rows.put(row.id, std::move(row));
}

outcome<void> index_column(record_table& table, field_definition const& field, std::size_t at)
{
    memory::table<cell, record_id> index;
    bool repeats = false;
    table.rows.ascending([&](record_id id, record const& row) {
        if (at >= row.cells.size() || shape::is_null(row.cells[at])) return true;
        repeats = index.contains(row.cells[at]);
        index.put(row.cells[at], id);
        return !repeats;
    });
    if (repeats) return error{errc::duplicate, altering, "stored values repeat"};
    table.unique[field.number] = std::move(index);
    return {};
}

/// Carries out the steps of a plan, one after the other. No table before create_table and after drop_table.
struct carry_out {
    std::optional<record_table>& table;

    outcome<void> operator()(entities::create_table const&) const
    {
        if (table) return misfit("the table exists");
        table.emplace();
        return {};
    }

    outcome<void> operator()(entities::drop_table const&) const
    {
        if (!table) return misfit("no table");
        table.reset();
        return {};
    }

    outcome<void> operator()(entities::add_column const& step) const
    {
        if (!table || position_of(*table, step.field)) return misfit("the column exists");
        table->columns.push_back(step.field.number);
        return {};
    }

    outcome<void> operator()(entities::drop_column const& step) const
    {
        MB_TRY(auto const at, column(step.field));
        change_rows(*table, [&](record& row) {
            if (at >= row.cells.size()) return false;
            row.cells.erase(row.cells.begin() + static_cast<std::ptrdiff_t>(at));
            return true;
        });
        table->columns.erase(table->columns.begin() + static_cast<std::ptrdiff_t>(at));
        table->unique.erase(step.field.number);
        return {};
    }

    outcome<void> operator()(entities::create_index const& step) const
    {
        MB_TRY(auto const at, column(step.field));
        if (!step.unique) return {};  // what only makes it faster is not kept
        return index_column(*table, step.field, at);
    }

    outcome<void> operator()(entities::drop_index const& step) const
    {
        MB_CHECK(column(step.field));
        if (step.unique) table->unique.erase(step.field.number);
        return {};
    }

    outcome<void> operator()(entities::fill_column const& step) const
    {
        MB_TRY(auto const at, column(step.field));
        if (!step.field.fallback) return {};
        change_rows(*table, [&](record& row) {
            if (at < row.cells.size() && !shape::is_null(row.cells[at])) return false;
            row.cells.resize(std::max(row.cells.size(), at + 1));
            row.cells[at] = *step.field.fallback;
            return true;
        });
        return table->unique.contains(step.field.number) ? index_column(*table, step.field, at) : outcome<void>{};
    }

private:
    outcome<std::size_t> column(field_definition const& field) const
    {
        if (!table) return misfit("no table");
        auto const at = position_of(*table, field);
        if (!at) return misfit("no such column");
        return *at;
    }
};

}  // namespace

outcome<std::vector<entity_definition>> entity_rows::list()
{
    std::vector<entity_definition> found;
    space_.rows().entities.ascending([&](mb::entities::entity_id, entity_definition const& each) {
        found.push_back(each);
        return true;
    });
    return found;
}

outcome<std::optional<entity_definition>> entity_rows::find(mb::entities::entity_id id)
{
    auto const* found = space_.rows().entities.find(id);
    return found == nullptr ? std::nullopt : std::optional(*found);
}

outcome<std::int64_t> entity_rows::next_number()
{
    MB_TRY(auto* rows, space_.change("memory.entities.next_number"));
    return ++rows->last_number;
}

outcome<void> entity_rows::save(entity_definition const& saved)
{
    MB_TRY(auto* rows, space_.change("memory.entities.save"));
    auto const* holder = rows->entities_by_name.find(saved.name.text());
    if (holder != nullptr && *holder != saved.id) return error{errc::duplicate, "memory.entities.save", ""};
    if (auto const* old = rows->entities.find(saved.id)) rows->entities_by_name.erase(old->name.text());
    rows->entities_by_name.put(saved.name.text(), saved.id);
    rows->entities.put(saved.id, saved);
    return {};
}

outcome<void> entity_rows::remove(mb::entities::entity_id id)
{
    MB_TRY(auto* rows, space_.change("memory.entities.remove"));
    if (auto const* old = rows->entities.find(id)) rows->entities_by_name.erase(old->name.text());
    rows->entities.erase(id);
    return {};
}

outcome<void> entity_rows::alter(entity_definition const& entity, mb::entities::schema_plan const& plan)
{
    MB_TRY(auto* rows, space_.change(altering));
    std::optional<record_table> table;
    if (auto const* stored = rows->records.find(entity.number)) table = *stored;
    for (auto const& step : plan) MB_CHECK(std::visit(carry_out{table}, step));
    if (table)
        rows->records.put(entity.number, std::move(*table));
    else
        rows->records.erase(entity.number);
    return {};
}

}  // namespace mb::memory
