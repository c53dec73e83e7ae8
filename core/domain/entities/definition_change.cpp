#include "core/domain/entities/definition_change.hpp"

#include <algorithm>
#include <utility>

namespace mb::entities {
namespace {

using shape::kind;

/// A unique index serves reading too: a field never has both.
enum class index_kind : std::uint8_t { none, plain, unique };
index_kind index_of(field_definition const& field) noexcept
{
    if (field.is_unique) return index_kind::unique;
    return field.is_indexed ? index_kind::plain : index_kind::none;
}

void plan_new_index(field_definition const& field, schema_plan& plan)
{
    if (index_of(field) != index_kind::none) plan.emplace_back(create_index{field, field.is_unique});
}

void plan_old_index(field_definition const& field, schema_plan& plan)
{
    if (index_of(field) != index_kind::none) plan.emplace_back(drop_index{field, field.is_unique});
}

std::optional<problem> check_names_and_indexes(entity_definition const& after, field_index at, entity_limits const& limits)
{
    auto const& name = after.fields[at.at].name;
    if (std::ranges::count(after.fields, name, &field_definition::name) > 1) return problem::field_exists;
    auto const indexes = std::ranges::count_if(after.fields, [](auto const& field) { return index_of(field) != index_kind::none; });
    if (static_cast<std::size_t>(indexes) > limits.indexes_max) return problem::limit_reached;
    return std::nullopt;
}

/// EMAIL and URL are stored as TEXT is, and every one of them is a TEXT.
bool is_widening(kind from, kind to) noexcept { return to == kind::text && (from == kind::email || from == kind::url); }

template <class T>
bool is_raised(std::optional<T> const& from, std::optional<T> const& to)
{
    return to && (!from || *from < *to);
}
template <class T>
bool is_lowered(std::optional<T> const& from, std::optional<T> const& to)
{
    return to && (!from || *to < *from);
}

/// The largest DECIMAL of so many digits, in stored form.
std::int64_t largest_decimal(int precision) noexcept
{
    std::int64_t power = 1;
    for (int i = 0; i < precision; ++i) power *= 10;
    return power - 1;
}

/// What the narrower rules of `to` forbid among values that obeyed `from`.
scan scan_for(field_definition const& from, field_definition const& to, field_index at)
{
    scan look_for;
    auto const forbid = [&](comparison_op op, std::vector<cell> operands) {
        if (!operands.empty()) look_for.forbidden.push_back({at, op, std::move(operands)});
    };
    // where there is a default, the plan fills the holes instead
    if (to.is_required && !from.is_required && !to.fallback) forbid(comparison_op::null, {cell{true}});
    if (is_raised(from.min, to.min)) forbid(comparison_op::lt, {*to.min});
    if (is_lowered(from.max, to.max)) forbid(comparison_op::gt, {*to.max});
    if (to.type == kind::decimal && to.precision < from.precision) {
        forbid(comparison_op::gt, {cell{largest_decimal(to.precision)}});
        forbid(comparison_op::lt, {cell{-largest_decimal(to.precision)}});
    }
    // an `in` holds 200 operands at most
    constexpr std::size_t operands_max = 200;
    std::vector<cell> removed;
    for (auto const& option : from.options) {
        if (std::ranges::find(to.options, option.number, &enum_option::number) != to.options.end()) continue;
        removed.emplace_back(option.number);
        if (removed.size() == operands_max) forbid(comparison_op::in, std::exchange(removed, {}));
    }
    forbid(comparison_op::in, std::move(removed));

    auto const narrower_text =
        is_raised(from.min_length, to.min_length) || is_lowered(from.max_length, to.max_length) || (to.pattern && to.pattern != from.pattern);
    if (narrower_text) look_for.reread = at;
    return look_for;
}

/// The type, or the meaning of a stored DECIMAL, changes: only a table without records can follow, by a new column.
change_decision decide_new_column(definition_change change, field_definition const& from, field_index at, std::int64_t fresh_number,
                                  population records)
{
    if (records == population::some_records) return problem::unsafe_change;
    auto& to = change.after.fields[at.at];
    to.number = fresh_number;
    plan_old_index(from, change.plan);
    change.plan.emplace_back(drop_column{from});
    change.plan.emplace_back(add_column{to});
    plan_new_index(to, change.plan);
    return change;
}

}  // namespace

change_decision decide_new_field(entity_definition const& before, field_definition field, population records, entity_limits const& limits)
{
    if (before.fields.size() >= limits.fields_max) return problem::limit_reached;
    definition_change change{before, {}, {}};
    change.after.fields.push_back(field);
    if (auto const refused = check_names_and_indexes(change.after, field_index{before.fields.size()}, limits)) return *refused;
    if (records == population::some_records && field.is_required && !field.fallback) return problem::unsafe_change;

    change.plan.emplace_back(add_column{field});
    if (records == population::some_records && field.fallback) change.plan.emplace_back(fill_column{field});
    plan_new_index(field, change.plan);
    return change;
}

change_decision decide_changed_field(entity_definition const& before, field_index at, field_definition field, std::int64_t fresh_number,
                                     population records, entity_limits const& limits)
{
    auto const& from = before.fields[at.at];
    definition_change change{before, {}, {}};
    auto& to = change.after.fields[at.at];
    to = std::move(field);
    to.number = from.number;
    if (auto const refused = check_names_and_indexes(change.after, at, limits)) return *refused;

    auto const new_type = to.type != from.type && !is_widening(from.type, to.type);
    auto const new_scale = to.type == kind::decimal && to.scale != from.scale;
    if (new_type || new_scale) return decide_new_column(std::move(change), from, at, fresh_number, records);

    if (records == population::some_records) {
        change.look_for = scan_for(from, to, at);
        if (to.is_required && !from.is_required && to.fallback) change.plan.emplace_back(fill_column{to});
    }
    if (index_of(from) != index_of(to)) {
        plan_old_index(from, change.plan);
        plan_new_index(to, change.plan);
    }
    return change;
}

definition_change decide_removed_field(entity_definition const& before, field_index at)
{
    definition_change change{before, {}, {}};
    change.after.fields.erase(change.after.fields.begin() + static_cast<std::ptrdiff_t>(at.at));
    plan_old_index(before.fields[at.at], change.plan);
    change.plan.emplace_back(drop_column{before.fields[at.at]});
    return change;
}

std::optional<problem> decide_removed_entity(entity_definition const& entity, population records, std::optional<std::string_view> confirmed)
{
    if (records == population::no_records || confirmed == entity.name.text()) return std::nullopt;
    return problem::entity_not_empty;
}

}  // namespace mb::entities
