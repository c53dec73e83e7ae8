#include "core/domain/entities/definition_input.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mb::entities {
namespace {

using shape::kind;

constexpr std::size_t display_name_max = 200;
constexpr std::size_t description_max = 1000;
constexpr std::size_t option_text_max = 200;
constexpr std::int64_t text_length_max = 1'000'000;  // a record's body holds 1 MiB at most
constexpr std::int64_t indexed_length_max = 600;     // of four bytes each, and an entry of PostgreSQL's B-tree holds 2,704 bytes
constexpr int precision_max = 18;                    // what fits in 64 bits whatever the digits

/// The letters of an identifier; its length is a rule of its own.
class identifier_letters final : public shape::pattern {
public:
    static constexpr char const* text = "^[a-zA-Z_][a-zA-Z0-9_]*$";
    bool found_in(std::string_view name) const noexcept override
    {
        auto const is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
        auto const is_digit = [](char c) { return c >= '0' && c <= '9'; };
        return (name.empty() || !is_digit(name.front())) && std::ranges::all_of(name, [&](char c) { return is_letter(c) || is_digit(c); });
    }
};

shape::field_rule text_rule(char const* name, std::size_t length_min, std::size_t length_max)
{
    shape::field_rule rule;
    rule.name = name;
    rule.nullable = true;
    rule.length_min = length_min;
    rule.length_max = length_max;
    rule.control_allowed = false;
    return rule;
}

shape::field_rule required(shape::field_rule rule)
{
    rule.required = true;
    rule.nullable = false;
    return rule;
}

shape::field_rule name_rule()
{
    auto rule = required(text_rule("name", 1, identifier::characters_max));
    rule.matches = std::make_shared<identifier_letters>();
    rule.pattern_text = identifier_letters::text;
    return rule;
}

shape::field_rule type_rule()
{
    auto rule = required({});
    rule.name = "type";
    rule.type = kind::enumeration;
    for (auto type = kind::text; type < kind::list; type = static_cast<kind>(static_cast<int>(type) + 1))
        rule.options.emplace_back(shape::name_of(type));
    return rule;
}

shape::field_rule flag_rule(char const* name)
{
    shape::field_rule rule;
    rule.name = name;
    rule.type = kind::boolean;
    rule.nullable = true;
    rule.fallback = shape::scalar{false};
    return rule;
}

shape::field_rule integer_rule(char const* name, std::int64_t min, std::int64_t max)
{
    shape::field_rule rule;
    rule.name = name;
    rule.type = kind::integer;
    rule.nullable = true;
    rule.min = shape::scalar{min};
    rule.max = shape::scalar{max};
    return rule;
}

/// The value of a member by its name; null where it is absent, null or broken.
template <class T>
T const* content_of(shape::object_rule const& rule, std::vector<shape::accepted> const& members, std::string_view name)
{
    auto const found = std::ranges::find(rule.fields, name, &shape::field_rule::name);
    return std::get_if<T>(&members[static_cast<std::size_t>(found - rule.fields.begin())].content);
}

constexpr bool has_length(kind type) noexcept { return type == kind::text || type == kind::email || type == kind::url; }
constexpr bool has_order(kind type) noexcept
{
    return type == kind::integer || type == kind::number || type == kind::decimal || type == kind::date || type == kind::date_time;
}

constexpr std::array typed_members{std::string_view{"min"}, std::string_view{"max"}, std::string_view{"default"}, std::string_view{"options"}};

shape::object_rule const& option_rule()
{
    static shape::object_rule const rule{{required(text_rule("value", 1, option_text_max)), text_rule("label", 1, option_text_max)}};
    return rule;
}

/// Reads one field; its steps share what was read so far.
class field_reader {
public:
    field_reader(shape::value const& body, field_definition const* before, compile_pattern compile, entity_limits const& limits)
        : body_(body),
          before_(before),
          compile_(compile),
          limits_(limits)
    {
    }

    std::variant<field_definition, violations> read() &&
    {
        auto const* members = body_.as<shape::object>();
        if (members == nullptr) return violations{{"", violation_code::wrong_type, "OBJECT"}};
        read_fixed(*members);
        if (type_known_) {
            read_lengths();
            read_digits();
            read_pattern();
            read_options();
            read_bounds();
            read_default();
        }
        if (!broken_.empty()) return std::move(broken_);
        return std::move(field_);
    }

private:
    void refuse(std::string_view member, violation_code code, std::string expected = {})
    {
        broken_.push_back({pointer_to("", member), code, std::move(expected)});
    }
    /// A member that depends on the type; null where it is absent or null, and refused where this type can't have it.
    shape::value const* typed(std::string_view name, bool allowed)
    {
        auto const* found = body_.find(name);
        if (found == nullptr || found->is_null()) return nullptr;
        if (allowed) return found;
        refuse(name, violation_code::not_allowed_here, std::string(shape::name_of(field_.type)));
        return nullptr;
    }
    template <class T>
    T const* fixed(std::string_view name) const
    {
        return content_of<T>(field_input_rule(), fixed_, name);
    }

    void read_fixed(shape::object const& members)
    {
        shape::object fixed_members;
        for (auto const& each : members)
            if (std::ranges::find(typed_members, each.name) == typed_members.end()) fixed_members.push_back(each);
        fixed_ = shape::accept(field_input_rule(), shape::value{std::move(fixed_members)}, shape::presence::complete, broken_);

        if (auto const* name = body_.find("name"); name != nullptr && name->as<std::string>() != nullptr)
            if (is_reserved_field_name(*name->as<std::string>())) refuse("name", violation_code::reserved_name);
        if (auto const* name = fixed<std::string>("name")) field_.name = identifier::restore(*name);
        auto const* display_name = fixed<std::string>("display_name");
        field_.display_name = display_name == nullptr ? field_.name.text() : *display_name;
        if (auto const* flag = fixed<bool>("is_required")) field_.is_required = *flag;
        if (auto const* flag = fixed<bool>("is_unique")) field_.is_unique = *flag;
        if (auto const* flag = fixed<bool>("is_indexed")) field_.is_indexed = *flag;
        if (auto const* type = fixed<std::string>("type")) {
            field_.type = *shape::kind_named(*type);
            type_known_ = true;
        }
    }

    void read_lengths()
    {
        auto const allowed = has_length(field_.type);
        if (typed("min_length", allowed) != nullptr)
            if (auto const* length = fixed<std::int64_t>("min_length")) field_.min_length = *length;
        if (typed("max_length", allowed) != nullptr)
            if (auto const* length = fixed<std::int64_t>("max_length")) field_.max_length = *length;
        if (field_.type == kind::text && (field_.is_unique || field_.is_indexed)) {
            if (!field_.max_length) field_.max_length = indexed_length_max;
            if (*field_.max_length > indexed_length_max) refuse("max_length", violation_code::too_large, std::to_string(indexed_length_max));
        }
        if (field_.min_length && field_.max_length && *field_.max_length < *field_.min_length)
            refuse("max_length", violation_code::contradiction, "min_length");
    }

    void read_digits()
    {
        constexpr std::int64_t scale_usual = 2;
        auto const allowed = field_.type == kind::decimal;
        std::int64_t precision = precision_max;
        if (typed("precision", allowed) != nullptr)
            if (auto const* digits = fixed<std::int64_t>("precision")) precision = *digits;
        std::int64_t scale = std::min(scale_usual, precision);
        if (typed("scale", allowed) != nullptr)
            if (auto const* digits = fixed<std::int64_t>("scale")) scale = *digits;
        if (scale > precision) {
            refuse("scale", violation_code::contradiction, "precision");
            scale = precision;
        }
        field_.precision = static_cast<int>(precision);
        field_.scale = static_cast<int>(scale);
    }

    void read_pattern()
    {
        if (typed("pattern", field_.type == kind::text) == nullptr) return;
        auto const* source = fixed<std::string>("pattern");
        if (source == nullptr) return;
        if (source->size() > limits_.pattern_bytes_max)
            refuse("pattern", violation_code::too_long, std::to_string(limits_.pattern_bytes_max));
        else if (compile_(*source) == nullptr)
            refuse("pattern", violation_code::wrong_format, "regex");
        else
            field_.pattern = *source;
    }

    void read_options()
    {
        auto const* given = typed("options", field_.type == kind::enumeration);
        if (field_.type != kind::enumeration) return;
        if (given == nullptr) return refuse("options", violation_code::required);
        auto const* items = given->as<shape::list>();
        if (items == nullptr) return refuse("options", violation_code::wrong_type, "LIST");
        if (items->empty()) return refuse("options", violation_code::too_short, "1");
        if (items->size() > limits_.options_max) return refuse("options", violation_code::too_many, std::to_string(limits_.options_max));
        for (std::size_t i = 0; i < items->size(); ++i) read_option((*items)[i], pointer_to("/options", i));
    }

    void read_option(shape::value const& item, std::string const& pointer)
    {
        enum_option option;
        if (item.as<shape::object>() != nullptr) {
            auto const members = shape::accept(option_rule(), item, shape::presence::complete, broken_, pointer);
            if (auto const* value = content_of<std::string>(option_rule(), members, "value")) option.value = *value;
            if (auto const* label = content_of<std::string>(option_rule(), members, "label")) option.label = *label;
        } else if (auto const content = shape::accept(option_rule().fields.front(), item, broken_, pointer)) {
            option.value = std::get<std::string>(*content);
        }
        if (option.value.empty()) return;  // already refused
        if (option.label.empty()) option.label = option.value;
        if (find_option(field_, option.value) != nullptr) {
            broken_.push_back({pointer, violation_code::duplicate, option.value});
            return;
        }
        auto const* known = before_ == nullptr ? nullptr : find_option(*before_, option.value);
        option.number = known == nullptr ? -static_cast<std::int64_t>(field_.options.size()) - 1 : known->number;
        field_.options.push_back(std::move(option));
    }

    void read_bounds()
    {
        auto const bare = type_rule_of(field_);
        auto const allowed = has_order(field_.type);
        if (auto const* bound = typed("min", allowed)) field_.min = shape::accept(bare, *bound, broken_, "/min");
        if (auto const* bound = typed("max", allowed)) field_.max = shape::accept(bare, *bound, broken_, "/max");
        if (field_.min && field_.max && *field_.max < *field_.min) refuse("max", violation_code::contradiction, "min");
    }

    void read_default()
    {
        auto const* given = typed("default", true);
        if (given == nullptr || (field_.type == kind::enumeration && field_.options.empty())) return;
        auto content = shape::accept(rule_of(field_, compile_), *given, broken_, "/default");
        if (!content) return;
        if (field_.type == kind::enumeration)
            field_.fallback = find_option(field_, std::get<std::string>(*content))->number;
        else
            field_.fallback = *std::move(content);
    }

    shape::value const& body_;
    field_definition const* before_;
    compile_pattern compile_;
    entity_limits const& limits_;
    violations broken_;
    std::vector<shape::accepted> fixed_;
    field_definition field_;
    bool type_known_ = false;
};

}  // namespace

shape::object_rule const& entity_input_rule()
{
    static shape::object_rule const rule = [] {
        auto description = text_rule("description", 0, description_max);
        description.control_allowed = true;
        return shape::object_rule{{name_rule(), required(text_rule("display_name", 1, display_name_max)), std::move(description)}};
    }();
    return rule;
}

std::variant<entity_input, violations> accept_entity(shape::value const& body)
{
    violations broken;
    auto const& rule = entity_input_rule();
    auto const members = shape::accept(rule, body, shape::presence::complete, broken);
    if (!broken.empty()) return broken;
    auto const* description = content_of<std::string>(rule, members, "description");
    return entity_input{identifier::restore(*content_of<std::string>(rule, members, "name")), *content_of<std::string>(rule, members, "display_name"),
                        description == nullptr ? std::string{} : *description};
}

shape::object_rule const& field_input_rule()
{
    static shape::object_rule const rule = [] {
        shape::field_rule pattern;
        pattern.name = "pattern";
        pattern.nullable = true;
        pattern.length_min = 1;
        return shape::object_rule{{name_rule(), text_rule("display_name", 1, display_name_max), type_rule(), flag_rule("is_required"),
                                   flag_rule("is_unique"), flag_rule("is_indexed"), integer_rule("min_length", 0, text_length_max),
                                   integer_rule("max_length", 1, text_length_max), integer_rule("precision", 1, precision_max),
                                   integer_rule("scale", 0, precision_max), std::move(pattern)}};
    }();
    return rule;
}

std::variant<field_definition, violations> accept_field(shape::value const& body, field_definition const* before, compile_pattern compile,
                                                        entity_limits const& limits)
{
    return field_reader(body, before, compile, limits).read();
}

bool has_new_options(field_definition const& field) noexcept
{
    return std::ranges::any_of(field.options, [](auto const& option) { return option.number < 0; });
}

void number_options(field_definition& field, std::int64_t base)
{
    constexpr std::int64_t numbers_of_a_base = 1000;
    auto const lasting = [&](std::int64_t number) { return number < 0 ? base * numbers_of_a_base - number : number; };
    for (auto& option : field.options) option.number = lasting(option.number);
    if (field.type == shape::kind::enumeration && field.fallback) field.fallback = lasting(std::get<std::int64_t>(*field.fallback));
}

}  // namespace mb::entities
