#include "adapters/sql/record_statements.hpp"

#include <algorithm>
#include <array>

namespace mb::sql {
namespace {

using mb::entities::comparison;
using mb::entities::comparison_op;
using mb::entities::entity_definition;
using mb::entities::field_index;
using mb::entities::system_column;

constexpr std::string_view system_columns = "id, created_at, updated_at, created_by, version";
constexpr int system_columns_total = 5;

std::string name_of(system_column what)
{
    switch (what) {
        case system_column::id: return "id";
        case system_column::created_at: return "created_at";
        case system_column::updated_at: return "updated_at";
        case system_column::created_by: return "created_by";
        case system_column::version: return "version";
    }
    return "id";
}

bool is_made_for(record_statements const& texts, entity_definition const& entity)
{
    return std::ranges::equal(texts.fields, entity.fields, {}, {}, &mb::entities::field_definition::number);
}

std::string placeholders(int from, int to)
{
    std::string text;
    for (int i = from; i <= to; ++i) text += (i == from ? "$" : ", $") + std::to_string(i);
    return text;
}

record_statements make(dialect const& with, entity_definition const& entity)
{
    record_statements made;
    made.table = with.table_of(entity.number);
    made.columns = system_columns;
    std::string assignments = "updated_at = $1, version = $2";
    int next = 3;
    for (auto const& field : entity.fields) {
        auto const column = column_of(field);
        made.fields.push_back(field.number);
        made.columns += ", " + column;
        assignments += ", " + column + " = $" + std::to_string(next++);
    }
    auto const total = system_columns_total + static_cast<int>(entity.fields.size());
    made.find = "SELECT " + made.columns + " FROM " + made.table + " WHERE id = $1";
    made.find_and_hold = made.find + std::string(with.hold());
    made.insert = "INSERT INTO " + made.table + " (" + made.columns + ") VALUES (" + placeholders(1, total) + ")";
    made.update =
        "UPDATE " + made.table + " SET " + assignments + " WHERE id = $" + std::to_string(next) + " AND version = $" + std::to_string(next + 1);
    made.remove = "DELETE FROM " + made.table + " WHERE id = $1";
    made.remove_version = made.remove + " AND version = $2";
    made.version = "SELECT version FROM " + made.table + " WHERE id = $1";
    return made;
}

std::string_view operator_of(comparison_op op) noexcept
{
    switch (op) {
        case comparison_op::eq: return " = ";
        case comparison_op::ne: return " <> ";
        case comparison_op::lt: return " < ";
        case comparison_op::lte: return " <= ";
        case comparison_op::gt: return " > ";
        case comparison_op::gte: return " >= ";
        default: return " = ";
    }
}

void append_set(query_text& query, std::string_view column, comparison const& each)
{
    bool const wanted = each.op == comparison_op::in;
    if (each.operands.empty()) {  // PostgreSQL reads no empty list
        query.words(wanted ? "1 = 0" : "1 = 1");
        return;
    }
    query.words(wanted ? "" : "(").words(column).words(wanted ? " IN (" : " NOT IN (");
    for (std::size_t i = 0; i < each.operands.size(); ++i) query.words(i == 0 ? "" : ", ").bind(each.operands[i]);
    query.words(")");
    if (!wanted) query.words(" OR ").words(column).words(" IS NULL)");
}

std::size_t operands_of(comparison const& each) noexcept
{
    switch (each.op) {
        case comparison_op::between: return 2;
        case comparison_op::in:
        case comparison_op::nin: return each.operands.size();
        default: return 1;
    }
}

}  // namespace

std::string column_of(mb::entities::field_definition const& field) { return "f_" + std::to_string(field.number); }

bool has_column(entity_definition const& entity, mb::entities::column const& what) noexcept
{
    auto const* field = std::get_if<field_index>(&what);
    return field == nullptr || field->at < entity.fields.size();
}

std::string column_text(entity_definition const& entity, mb::entities::column const& what)
{
    if (auto const* field = std::get_if<field_index>(&what)) return column_of(entity.fields[field->at]);
    return name_of(std::get<system_column>(what));
}

record_statements const& record_statements_cache::of(entity_definition const& entity)
{
    auto const found = made_.find(entity.number);
    if (found != made_.end() && is_made_for(found->second, entity)) return found->second;
    return made_.insert_or_assign(entity.number, make(with_, entity)).first->second;
}

outcome<void> append_filter(query_text& query, entity_definition const& entity, std::vector<comparison> const& where)
{
    for (auto const& each : where) {
        auto const* flag = each.op == comparison_op::null && each.operands.size() == 1 ? std::get_if<bool>(&each.operands[0]) : nullptr;
        if (!has_column(entity, each.what) || each.operands.size() != operands_of(each) || (each.op == comparison_op::null && flag == nullptr))
            return error{errc::unexpected, "sql.records", "a comparison is not well formed"};
        auto const column = column_text(entity, each.what);
        query.condition();
        switch (each.op) {
            case comparison_op::in:
            case comparison_op::nin: append_set(query, column, each); break;
            case comparison_op::null: query.words(column).words(*flag ? " IS NULL" : " IS NOT NULL"); break;
            case comparison_op::between: query.words(column).words(" BETWEEN ").bind(each.operands[0]).words(" AND ").bind(each.operands[1]); break;
            case comparison_op::ne:
                query.words("(").words(column).words(" <> ").bind(each.operands[0]).words(" OR ").words(column).words(" IS NULL)");
                break;
            default: query.words(column).words(operator_of(each.op)).bind(each.operands[0]);
        }
    }
    return {};
}

}  // namespace mb::sql
