#include "core/domain/entities/query_input.hpp"

#include <algorithm>
#include <array>

namespace mb::entities {
namespace {

using shape::kind;

struct named_op {
    std::string_view name;
    comparison_op op;
};
constexpr std::array operators{
    named_op{"eq", comparison_op::eq},     named_op{"ne", comparison_op::ne},   named_op{"lt", comparison_op::lt},
    named_op{"lte", comparison_op::lte},   named_op{"gt", comparison_op::gt},   named_op{"gte", comparison_op::gte},
    named_op{"in", comparison_op::in},     named_op{"nin", comparison_op::nin}, named_op{"between", comparison_op::between},
    named_op{"null", comparison_op::null},
};
constexpr char const* operator_names = "eq, ne, lt, lte, gt, gte, in, nin, between, null";

struct named_column {
    std::string_view name;
    system_column column;
    kind type;
};
constexpr std::array system_columns{
    named_column{"id", system_column::id, kind::uuid},
    named_column{"created_at", system_column::created_at, kind::date_time},
    named_column{"updated_at", system_column::updated_at, kind::date_time},
    named_column{"created_by", system_column::created_by, kind::uuid},
    named_column{"version", system_column::version, kind::integer},
};

/// Comparisons that gather all their repetitions.
constexpr bool is_gathering(comparison_op op) noexcept { return op == comparison_op::in || op == comparison_op::nin || op == comparison_op::between; }

constexpr bool needs_order(comparison_op op) noexcept
{
    return op == comparison_op::lt || op == comparison_op::lte || op == comparison_op::gt || op == comparison_op::gte || op == comparison_op::between;
}

/// Options and truth values have no order that a client could know.
constexpr bool can_be_ordered(kind type) noexcept { return type != kind::enumeration && type != kind::boolean; }

/// filter[path] or filter[path][op], taken apart; nothing where the name has another form.
struct filter_name {
    std::string_view path;
    std::string_view op = "eq";
};
std::optional<filter_name> take_apart(std::string_view name) noexcept
{
    constexpr std::string_view opening = "filter[";
    if (!name.starts_with(opening) || !name.ends_with(']')) return std::nullopt;
    name.remove_prefix(opening.size());
    name.remove_suffix(1);
    filter_name parts;
    auto const between = name.find("][");
    parts.path = name.substr(0, between);
    if (between != std::string_view::npos) parts.op = name.substr(between + 2);
    if (parts.path.find_first_of("[]") != std::string_view::npos || parts.op.find_first_of("[]") != std::string_view::npos) return std::nullopt;
    return parts;
}

/// Calls `each` for every part of a list of names.
template <class Each>
void split(std::string_view names, Each&& each)
{
    for (;;) {
        auto const comma = names.find(',');
        each(names.substr(0, comma));
        if (comma == std::string_view::npos) return;
        names.remove_prefix(comma + 1);
    }
}

/// Reads one query string; its steps share what was read so far.
class query_reader {
public:
    query_reader(compiled_entity const& entity, std::span<parameter const> given, query_limits const& limits)
        : definition_(entity.definition),
          given_(given),
          limits_(limits)
    {
    }

    std::variant<parsed_query, denial> read() &&
    {
        if (given_.size() > limits_.parameters_max)
            return denial{problem::invalid_parameter, {}, {{"", violation_code::too_many, std::to_string(limits_.parameters_max)}}};
        for (auto const& each : given_) read_parameter(each);
        finish_comparisons();
        if (unknown_) return denial{problem::unknown_parameter, {}, std::move(broken_)};
        if (!broken_.empty()) return denial{problem::invalid_parameter, {}, std::move(broken_)};
        return std::move(parsed_);
    }

private:
    void refuse(std::string_view name, violation_code code, std::string expected = {})
    {
        broken_.push_back({pointer_to("", name), code, std::move(expected)});
    }

    void read_parameter(parameter const& given)
    {
        auto const& [name, text] = given;
        if (name.starts_with("filter[")) return read_filter(name, text);
        constexpr std::array single{std::string_view{"sort"}, std::string_view{"fields"}, std::string_view{"limit"}, std::string_view{"cursor"},
                                    std::string_view{"count"}};
        auto const known = std::ranges::find(single, name);
        if (known == single.end()) {
            unknown_ = true;
            return refuse(name, violation_code::unknown_member);
        }
        if (std::exchange(seen_[static_cast<std::size_t>(known - single.begin())], true)) return refuse(name, violation_code::duplicate);
        if (name == "sort") return read_sort(text);
        if (name == "fields") return read_fields(text);
        if (name == "limit") return read_limit(text);
        if (name == "cursor") return void(parsed_.cursor = text);
        read_count(text);
    }

    void read_filter(std::string const& name, std::string const& text)
    {
        auto const parts = take_apart(name);
        auto const what = parts ? find_column(definition_, parts->path) : std::nullopt;
        if (!what) {
            unknown_ = true;
            return refuse(name, violation_code::unknown_member);
        }
        auto const named = std::ranges::find(operators, parts->op, &named_op::name);
        if (named == operators.end()) return refuse(name, violation_code::not_an_option, operator_names);
        auto const rule = type_rule_of(definition_, *what);
        if (needs_order(named->op) && !can_be_ordered(rule.type))
            return refuse(name, violation_code::not_allowed_here, std::string(name_of(rule.type)));
        auto operand = read_operand(rule, *what, named->op, name, text);
        if (!operand) return;
        if (is_gathering(named->op)) {
            for (auto& [its_name, made] : comparisons_)
                if (made.op == named->op && made.what == *what) {
                    made.operands.push_back(*std::move(operand));
                    return;
                }
        }
        comparisons_.emplace_back(name, comparison{*what, named->op, {*std::move(operand)}});
    }

    std::optional<cell> read_operand(shape::field_rule const& rule, column const& what, comparison_op op, std::string const& name,
                                     std::string const& text)
    {
        auto const pointer = pointer_to("", name);
        if (op == comparison_op::null) {
            shape::field_rule truth;
            truth.type = kind::boolean;
            return shape::accept_text(truth, text, broken_, pointer);
        }
        auto content = shape::accept_text(rule, text, broken_, pointer);
        if (!content || rule.type != kind::enumeration) return content;
        auto const& field = definition_.fields[std::get<field_index>(what).at];
        return cell{find_option(field, std::get<std::string>(*content))->number};
    }

    void finish_comparisons()
    {
        if (comparisons_.size() > limits_.comparisons_max) refuse("filter", violation_code::too_many, std::to_string(limits_.comparisons_max));
        for (auto& [name, made] : comparisons_) {
            if (made.op == comparison_op::between && made.operands.size() != 2)
                refuse(name, made.operands.size() < 2 ? violation_code::too_short : violation_code::too_many, "2");
            if (made.operands.size() > limits_.operands_max) refuse(name, violation_code::too_many, std::to_string(limits_.operands_max));
            parsed_.query.where.push_back(std::move(made));
        }
    }

    void read_sort(std::string_view text)
    {
        auto& order = parsed_.query.order;
        split(text, [&](std::string_view key) {
            auto const descending = key.starts_with('-');
            auto const by = find_column(definition_, key.substr(descending ? 1 : 0));
            if (!by) return refuse("sort", violation_code::not_an_option, std::string(key));
            if (std::ranges::find(order, *by, &sort_key::by) != order.end()) return refuse("sort", violation_code::duplicate, std::string(key));
            order.push_back({*by, descending ? direction::descending : direction::ascending});
        });
        if (order.size() > limits_.sort_keys_max) refuse("sort", violation_code::too_many, std::to_string(limits_.sort_keys_max));
    }

    void read_fields(std::string_view text)
    {
        if (text == "*") return;
        split(text, [&](std::string_view name) {
            auto const what = find_column(definition_, name);
            if (!what) return refuse("fields", violation_code::not_an_option, std::string(name));
            if (std::ranges::find(parsed_.shown, *what) == parsed_.shown.end()) parsed_.shown.push_back(*what);
        });
        if (parsed_.shown.size() > limits_.shown_max) refuse("fields", violation_code::too_many, std::to_string(limits_.shown_max));
    }

    void read_limit(std::string_view text)
    {
        shape::field_rule rule;
        rule.type = kind::integer;
        rule.min = shape::scalar{std::int64_t{1}};
        rule.max = shape::scalar{static_cast<std::int64_t>(limits_.page_max)};
        if (auto const content = shape::accept_text(rule, text, broken_, "/limit"))
            parsed_.query.limit = static_cast<std::size_t>(std::get<std::int64_t>(*content));
    }

    void read_count(std::string_view text)
    {
        if (text == "none")
            parsed_.count = count_mode::none;
        else if (text == "capped" || text == "estimated")
            parsed_.count = count_mode::capped;
        else if (text == "exact")
            parsed_.count = count_mode::exact;
        else
            refuse("count", violation_code::not_an_option, "none, capped, estimated, exact");
    }

    entity_definition const& definition_;
    std::span<parameter const> given_;
    query_limits const& limits_;
    parsed_query parsed_;
    std::vector<std::pair<std::string, comparison>> comparisons_;
    violations broken_;
    std::array<bool, 5> seen_{};
    bool unknown_ = false;
};

}  // namespace

std::variant<parsed_query, denial> parse_record_query(compiled_entity const& entity, std::span<parameter const> given, query_limits const& limits)
{
    return query_reader(entity, given, limits).read();
}

std::optional<column> find_column(entity_definition const& definition, std::string_view name) noexcept
{
    for (auto const& each : system_columns)
        if (each.name == name) return column{each.column};
    for (std::size_t i = 0; i < definition.fields.size(); ++i)
        if (definition.fields[i].name.text() == name) return column{field_index{i}};
    return std::nullopt;
}

shape::field_rule type_rule_of(entity_definition const& definition, column const& what)
{
    if (auto const* index = std::get_if<field_index>(&what)) return type_rule_of(definition.fields[index->at]);
    shape::field_rule rule;
    auto const& found = *std::ranges::find(system_columns, std::get<system_column>(what), &named_column::column);
    rule.name = found.name;
    rule.type = found.type;
    return rule;
}

cell cell_of(record const& from, column const& what)
{
    if (auto const* index = std::get_if<field_index>(&what)) return from.cells[index->at];
    switch (std::get<system_column>(what)) {
        case system_column::id: return from.id.bytes;
        case system_column::created_at: return to_micros(from.created_at);
        case system_column::updated_at: return to_micros(from.updated_at);
        case system_column::created_by: return from.created_by ? cell{from.created_by->bytes} : cell{};
        case system_column::version: return from.version;
    }
    return {};
}

}  // namespace mb::entities
