#include "core/domain/shape/rule.hpp"

#include "core/domain/base/instant.hpp"
#include "core/domain/base/text.hpp"
#include "core/domain/shape/decimal.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace mb::shape {
namespace {

/// Where a value stands in the input. Rendered only where something is broken, so that a good input costs no text.
struct place {
    std::string_view base;
    place const* above = nullptr;
    std::string_view member{};
    std::optional<std::size_t> index{};

    std::string pointer() const
    {
        if (above == nullptr) return std::string(base);
        return index ? pointer_to(above->pointer(), *index) : pointer_to(above->pointer(), member);
    }
};

/// Everything that one check needs to know.
struct check {
    field_rule const& rule;
    place const& at;
    violations& broken;

    std::nullopt_t refuse(violation_code code, std::string expected = {}) const
    {
        if (broken.size() < violations_max) broken.push_back({at.pointer(), code, std::move(expected)});
        return std::nullopt;
    }
    std::nullopt_t wrong_type() const { return refuse(violation_code::wrong_type, std::string(name_of(rule.type))); }
    std::nullopt_t wrong_format(char const* format) const { return refuse(violation_code::wrong_format, format); }
};

std::vector<accepted> accept_object(object_rule const& rule, value const& input, presence expected, violations& broken, place const& at);
std::optional<scalar> accept_value(check const& my, value const& input);

void check_length(check const& my, std::size_t length, violation_code above)
{
    auto const& rule = my.rule;
    if (rule.length_min && length < *rule.length_min) my.refuse(violation_code::too_short, std::to_string(*rule.length_min));
    if (rule.length_max && length > *rule.length_max) my.refuse(above, std::to_string(*rule.length_max));
}

void check_bounds(check const& my, scalar const& content)
{
    auto const& rule = my.rule;
    if (rule.min && content < *rule.min) my.refuse(violation_code::too_small, format_text(rule, *rule.min));
    if (rule.max && *rule.max < content) my.refuse(violation_code::too_large, format_text(rule, *rule.max));
}

std::optional<scalar> accept_text_kind(check const& my, std::string const& text)
{
    // PostgreSQL refuses U+0000 and SQLite's length() stops there (entities.md section 1).
    if (text.find('\0') != std::string::npos) return my.wrong_format("text");
    if (!my.rule.control_allowed && has_control(text)) my.wrong_format("printable");
    check_length(my, count_code_points(text), violation_code::too_long);
    if (my.rule.matches && !my.rule.matches->found_in(text)) my.refuse(violation_code::pattern, my.rule.pattern_text);
    return scalar{text};
}

/// -?(0|[1-9]\d{0,18}) within 64 bits.
std::optional<std::int64_t> read_integer(std::string_view text) noexcept
{
    auto const digits = text.substr(text.starts_with('-') ? 1 : 0);
    if (digits.empty() || (digits.size() > 1 && digits.front() == '0') || digits.front() < '0' || digits.front() > '9') return std::nullopt;
    std::int64_t number = 0;
    auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<scalar> accept_integer(check const& my, value const& input)
{
    constexpr std::int64_t exact_in_a_double = std::int64_t{1} << 53;
    if (auto const* integer = input.as<std::int64_t>()) return scalar{*integer};
    if (auto const* text = input.as<std::string>()) {
        auto const integer = read_integer(*text);
        if (integer && (*integer > exact_in_a_double || *integer < -exact_in_a_double)) return scalar{*integer};
    }
    return my.wrong_type();
}

std::optional<scalar> accept_number(check const& my, value const& input)
{
    if (auto const* integer = input.as<std::int64_t>()) return scalar{static_cast<double>(*integer)};
    auto const* real = input.as<number>();
    if (real == nullptr || !std::isfinite(real->approximate)) return my.wrong_type();
    return scalar{real->approximate + 0.0};  // -0 becomes 0: one value, one stored form
}

std::optional<scalar> accept_decimal(check const& my, value const& input)
{
    std::string lexeme;
    if (auto const* integer = input.as<std::int64_t>())
        lexeme = std::to_string(*integer);
    else if (auto const* real = input.as<number>())
        lexeme = real->lexeme;
    else if (auto const* text = input.as<std::string>())
        lexeme = *text;
    else
        return my.wrong_type();
    auto const& rule = my.rule;
    auto const read = read_decimal(lexeme, rule.precision, rule.scale);
    switch (read.fault) {
        case decimal_fault::none: return scalar{read.scaled};
        case decimal_fault::too_precise: return my.refuse(violation_code::too_precise, std::to_string(rule.scale));
        case decimal_fault::too_large: return my.refuse(violation_code::too_large, format_text(rule, scalar{read.scaled}));
        case decimal_fault::too_small: return my.refuse(violation_code::too_small, format_text(rule, scalar{read.scaled}));
        case decimal_fault::not_decimal: break;
    }
    return my.wrong_format("decimal");
}

std::optional<scalar> accept_option(check const& my, std::string const& text)
{
    auto const& options = my.rule.options;
    if (std::ranges::find(options, text) != options.end()) return scalar{text};
    constexpr std::size_t listed_bytes_max = 200;
    std::string listed;
    for (auto const& option : options) {
        if (listed.size() + option.size() > listed_bytes_max) {
            listed += ", …";
            break;
        }
        if (!listed.empty()) listed += ", ";
        listed += option;
    }
    return my.refuse(violation_code::not_an_option, std::move(listed));
}

/// The kinds whose JSON form is a string that is not free text.
std::optional<scalar> accept_formatted(check const& my, std::string const& text)
{
    switch (my.rule.type) {
        case kind::date:
            if (!parse_date(text)) return my.wrong_format("date");
            return scalar{text};
        case kind::date_time: {
            auto const at = parse_rfc3339(text);
            if (!at) return my.wrong_format("date-time");
            return scalar{to_micros(*at)};
        }
        case kind::uuid: {
            auto const bytes = parse_uuid(text);
            if (!bytes) return my.wrong_format("uuid");
            return scalar{*bytes};
        }
        case kind::email: {
            auto canonical = canonical_email(text);
            if (!canonical) return my.wrong_format("email");
            check_length(my, canonical->size(), violation_code::too_long);
            return scalar{*std::move(canonical)};
        }
        case kind::url:
            if (!is_web_url(text)) return my.wrong_format("url");
            check_length(my, count_code_points(text), violation_code::too_long);
            return scalar{text};
        default: return accept_option(my, text);
    }
}

std::optional<scalar> accept_list(check const& my, value const& input)
{
    auto const* items = input.as<list>();
    if (items == nullptr) return my.wrong_type();
    check_length(my, items->size(), violation_code::too_many);
    if (my.rule.element == nullptr) return scalar{};
    for (std::size_t i = 0; i < items->size() && my.broken.size() < violations_max; ++i) {
        place const here{{}, &my.at, {}, i};
        accept_value({*my.rule.element, here, my.broken}, (*items)[i]);
    }
    return scalar{};
}

std::optional<scalar> read_value(check const& my, value const& input)
{
    switch (my.rule.type) {
        case kind::boolean:
            if (auto const* truth = input.as<bool>()) return scalar{*truth};
            return my.wrong_type();
        case kind::integer: return accept_integer(my, input);
        case kind::number: return accept_number(my, input);
        case kind::decimal: return accept_decimal(my, input);
        case kind::list: return accept_list(my, input);
        case kind::object:
            if (input.as<object>() == nullptr) return my.wrong_type();
            if (my.rule.members) accept_object(*my.rule.members, input, presence::complete, my.broken, my.at);
            return scalar{};
        default: break;
    }
    auto const* text = input.as<std::string>();
    if (text == nullptr) return my.wrong_type();
    return my.rule.type == kind::text ? accept_text_kind(my, *text) : accept_formatted(my, *text);
}

std::optional<scalar> accept_value(check const& my, value const& input)
{
    if (input.is_null()) {
        if (my.rule.nullable) return scalar{};
        return my.refuse(violation_code::not_null);
    }
    auto const broken_before = my.broken.size();
    auto content = read_value(my, input);
    if (content) check_bounds(my, *content);
    if (my.broken.size() != broken_before || my.broken.size() >= violations_max) return std::nullopt;
    return content;
}

std::vector<accepted> accept_object(object_rule const& rule, value const& input, presence expected, violations& broken, place const& at)
{
    std::vector<accepted> made(rule.fields.size());
    auto const* members = input.as<object>();
    if (members == nullptr) {
        if (broken.size() < violations_max) broken.push_back({at.pointer(), violation_code::wrong_type, std::string(name_of(kind::object))});
        return made;
    }
    for (auto const& each : *members) {
        if (broken.size() >= violations_max) return made;
        place const here{{}, &at, each.name, {}};
        auto const found = std::ranges::find(rule.fields, each.name, &field_rule::name);
        if (found == rule.fields.end()) {
            broken.push_back({here.pointer(), violation_code::unknown_member});
            continue;
        }
        auto content = accept_value({*found, here, broken}, each.content);
        auto& cell = made[static_cast<std::size_t>(found - rule.fields.begin())];
        cell.given = each.content.is_null() ? accepted::state::null : accepted::state::given;
        if (content) cell.content = *std::move(content);
    }
    for (std::size_t i = 0; i < made.size(); ++i) {
        auto const& field = rule.fields[i];
        if (made[i].given != accepted::state::absent) continue;
        if (field.fallback) {
            made[i].content = *field.fallback;
        } else if (field.required && expected == presence::complete && broken.size() < violations_max) {
            place const here{{}, &at, field.name, {}};
            broken.push_back({here.pointer(), violation_code::required});
        }
    }
    return made;
}

/// The JSON value that a text stands for, where the kind has another JSON form than text.
std::optional<value> value_from_text(kind type, std::string_view text)
{
    switch (type) {
        case kind::integer:
            if (auto const integer = read_integer(text)) return value{*integer};
            return std::nullopt;
        case kind::boolean:
            if (text == "true") return value{true};
            if (text == "false") return value{false};
            return std::nullopt;
        case kind::number: {
            double approximate = 0;
            auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), approximate);
            // from_chars also reads "inf" and ".5": only the grammar of JSON is ours
            if (fault != std::errc{} || end != text.data() + text.size() || !is_json_number(text)) return std::nullopt;
            return value{number{approximate, std::string(text)}};
        }
        case kind::list:
        case kind::object: return std::nullopt;
        default: return value{std::string(text)};
    }
}

constexpr std::pair<kind, std::string_view> kind_names[] = {
    {kind::text, "TEXT"}, {kind::integer, "INTEGER"},    {kind::number, "NUMBER"},    {kind::decimal, "DECIMAL"}, {kind::boolean, "BOOLEAN"},
    {kind::date, "DATE"}, {kind::date_time, "DATETIME"}, {kind::enumeration, "ENUM"}, {kind::uuid, "UUID"},       {kind::email, "EMAIL"},
    {kind::url, "URL"},
};

}  // namespace

std::string_view name_of(kind type) noexcept
{
    if (type == kind::list) return "LIST";
    for (auto const& [each, name] : kind_names)
        if (each == type) return name;
    return "OBJECT";
}

std::optional<kind> kind_named(std::string_view name) noexcept
{
    for (auto const& [each, its_name] : kind_names)
        if (its_name == name) return each;
    return std::nullopt;
}

std::vector<accepted> accept(object_rule const& rule, value const& input, presence expected, violations& broken, std::string_view pointer)
{
    return accept_object(rule, input, expected, broken, place{pointer});
}

std::optional<scalar> accept(field_rule const& rule, value const& input, violations& broken, std::string_view pointer)
{
    return accept_value({rule, place{pointer}, broken}, input);
}

std::optional<scalar> accept_text(field_rule const& rule, std::string_view text, violations& broken, std::string_view pointer)
{
    place const here{pointer};
    check const my{rule, here, broken};
    auto const input = value_from_text(rule.type, text);
    if (!input) return my.wrong_type();
    return accept_value(my, *input);
}

std::string format_text(field_rule const& rule, scalar const& content)
{
    if (auto const* text = std::get_if<std::string>(&content)) return *text;
    if (auto const* truth = std::get_if<bool>(&content)) return *truth ? "true" : "false";
    if (auto const* bytes = std::get_if<uuid_bytes>(&content)) return format_uuid(*bytes);
    if (auto const* real = std::get_if<double>(&content)) {
        char digits[32];
        auto const written = std::to_chars(std::begin(digits), std::end(digits), *real);
        return {std::begin(digits), written.ptr};
    }
    if (auto const* integer = std::get_if<std::int64_t>(&content)) {
        if (rule.type == kind::decimal) return format_decimal(*integer, rule.scale);
        if (rule.type == kind::date_time) return format_rfc3339(from_micros(*integer));
        return std::to_string(*integer);
    }
    return {};
}

}  // namespace mb::shape
