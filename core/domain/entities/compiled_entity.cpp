#include "core/domain/entities/compiled_entity.hpp"

#include <algorithm>
#include <utility>

namespace mb::entities {
namespace {

class matches_nothing final : public shape::pattern {
public:
    bool found_in(std::string_view) const noexcept override { return false; }
};

std::optional<std::size_t> length_of(std::optional<std::int64_t> bound) noexcept
{
    if (!bound) return std::nullopt;
    return static_cast<std::size_t>(*bound);
}

constexpr std::string_view reserved_names[] = {"id", "created_at", "updated_at", "created_by", "updated_by", "version", "deleted_at"};

}  // namespace

bool is_reserved_field_name(std::string_view name) noexcept
{
    return name.starts_with('_') || name.starts_with('$') || std::ranges::find(reserved_names, name) != std::end(reserved_names);
}

shape::field_rule type_rule_of(field_definition const& field)
{
    shape::field_rule rule;
    rule.name = field.name.text();
    rule.type = field.type;
    rule.precision = field.precision;
    rule.scale = field.scale;
    for (auto const& option : field.options) rule.options.push_back(option.value);
    return rule;
}

shape::field_rule rule_of(field_definition const& field, compile_pattern compile)
{
    auto rule = type_rule_of(field);
    rule.required = field.is_required;
    rule.nullable = !field.is_required;
    rule.length_min = length_of(field.min_length);
    rule.length_max = length_of(field.max_length);
    rule.min = field.min;
    rule.max = field.max;
    if (field.pattern) {
        rule.pattern_text = *field.pattern;
        rule.matches = compile(*field.pattern);
        if (rule.matches == nullptr) rule.matches = std::make_shared<matches_nothing>();
    }
    rule.fallback = field.fallback;
    if (field.type == shape::kind::enumeration && field.fallback) {
        auto const* number = std::get_if<std::int64_t>(&*field.fallback);
        auto const* option = number == nullptr ? nullptr : find_option(field, *number);
        rule.fallback = option == nullptr ? std::nullopt : std::optional<shape::scalar>{option->value};
    }
    return rule;
}

shape::object_rule record_rule(entity_definition const& definition, compile_pattern compile)
{
    shape::object_rule rule;
    rule.fields.reserve(definition.fields.size());
    for (auto const& field : definition.fields) rule.fields.push_back(rule_of(field, compile));
    return rule;
}

std::shared_ptr<compiled_entity const> compile(entity_definition definition, compile_pattern patterns)
{
    auto rule = record_rule(definition, patterns);
    return std::make_shared<compiled_entity const>(compiled_entity{std::move(definition), std::move(rule)});
}

std::optional<std::size_t> find_field(entity_definition const& definition, std::string_view id_or_name)
{
    auto const wanted = field_id::parse(id_or_name);
    for (std::size_t i = 0; i < definition.fields.size(); ++i) {
        auto const& field = definition.fields[i];
        if (wanted ? field.id == *wanted : field.name.text() == id_or_name) return i;
    }
    return std::nullopt;
}

enum_option const* find_option(field_definition const& field, std::int64_t number) noexcept
{
    auto const found = std::ranges::find(field.options, number, &enum_option::number);
    return found == field.options.end() ? nullptr : &*found;
}

enum_option const* find_option(field_definition const& field, std::string_view value) noexcept
{
    auto const found = std::ranges::find_if(field.options, [&](auto const& option) { return option.value == value; });
    return found == field.options.end() ? nullptr : &*found;
}

shape::value present(field_definition const& field, shape::scalar const& cell)
{
    if (shape::is_null(cell)) return {};
    if (auto const* truth = std::get_if<bool>(&cell)) return shape::value{*truth};
    if (auto const* text = std::get_if<std::string>(&cell)) return shape::value{*text};
    if (auto const* bytes = std::get_if<uuid_bytes>(&cell)) return shape::value{format_uuid(*bytes)};
    if (auto const* real = std::get_if<double>(&cell)) return shape::value{shape::number{*real, {}}};
    auto const integer = std::get<std::int64_t>(cell);
    switch (field.type) {
        case shape::kind::decimal: return shape::value{shape::format_decimal(integer, field.scale)};
        case shape::kind::date_time: return shape::value{format_rfc3339(from_micros(integer))};
        case shape::kind::enumeration: {
            auto const* option = find_option(field, integer);
            return option == nullptr ? shape::value{} : shape::value{option->value};
        }
        default: return shape::value{integer};
    }
}

}  // namespace mb::entities
