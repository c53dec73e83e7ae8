#include "adapters/sql/columns.hpp"
#include "adapters/sql/entity_repositories.hpp"

#include <array>

namespace mb::sql {
namespace {

using namespace std::string_literals;
using mb::entities::entity_definition;
using mb::entities::field_definition;

/// One physical step: a text made of numbers and fixed words, and the one value that it may bind.
struct ddl {
    std::string text;
    shape::scalar value{};
    bool binds = false;
};

/// Says a step in the words of the dialect.
class ddl_of {
public:
    ddl_of(entity_definition const& entity, dialect const& with) : with_(with), number_(entity.number), table_(with.table_of(entity.number)) {}

    ddl operator()(mb::entities::create_table const&) const { return {with_.create_records(number_)}; }
    ddl operator()(mb::entities::drop_table const&) const { return {"DROP TABLE " + table_}; }
    // No CHECK on the column: adding one scans the table, and the domain has checked the value (entities.md section 2.2).
    ddl operator()(mb::entities::add_column const& step) const
    {
        return {"ALTER TABLE " + table_ + " ADD COLUMN " + column_of(step.field) + " " + std::string(with_.type_of(step.field.type))};
    }
    ddl operator()(mb::entities::drop_column const& step) const { return {"ALTER TABLE " + table_ + " DROP COLUMN " + column_of(step.field)}; }
    // The id follows the field, so that a page in the field's order is one range; a unique value needs none.
    ddl operator()(mb::entities::create_index const& step) const
    {
        return {"CREATE "s + (step.unique ? "UNIQUE " : "") + "INDEX " + with_.index_of(number_, step.field.number, step.unique) + " ON " + table_
                + " (" + column_of(step.field) + std::string(with_.key_order()) + (step.unique ? ")" : ", id)")};
    }
    ddl operator()(mb::entities::drop_index const& step) const { return {"DROP INDEX " + with_.index_of(number_, step.field.number, step.unique)}; }
    ddl operator()(mb::entities::fill_column const& step) const
    {
        auto const column = column_of(step.field);
        return {"UPDATE " + table_ + " SET " + column + " = $1 WHERE " + column + " IS NULL", step.field.fallback.value_or(shape::scalar{}), true};
    }

private:
    dialect const& with_;
    std::int64_t number_;
    std::string table_;
};

}  // namespace

outcome<void> entities::alter(entity_definition const& entity, mb::entities::schema_plan const& plan)
{
    ddl_of const say{entity, with_};
    std::int64_t number = 0;
    for (auto const& each : plan) {
        auto const step = std::visit(say, each);
        if (step.binds)
            MB_CHECK(on_.run(step.text, {step.value}));
        else
            MB_CHECK(on_.script(step.text));
        MB_CHECK(on_.run(statement::append_journal, {entity.id, entity.revision, ++number, step.text, entity.updated_at}));
    }
    on_.schema_changed();
    return {};
}

}  // namespace mb::sql
