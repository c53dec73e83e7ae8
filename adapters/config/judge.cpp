#include "adapters/config/judge.hpp"

#include "adapters/config/quantities.hpp"
#include "core/domain/base/text.hpp"

#include <optional>
#include <utility>

namespace mb::config {
namespace {

std::string listed(std::vector<std::string> const& options)
{
    std::string all;
    for (auto const& each : options) all += (all.empty() ? "" : ", ") + each;
    return all;
}

words wanted_form(declaration const& of)
{
    switch (of.read) {
        case reading::span: return {"debe ser una duración como 900s, 15m, 12h o 7d", "must be a duration like 900s, 15m, 12h or 7d"};
        case reading::milliseconds: return {"debe ser un número entero de milisegundos", "must be a whole number of milliseconds"};
        case reading::size: return {"debe ser un tamaño como 65536, 64KiB o 25MiB", "must be a size like 65536, 64KiB or 25MiB"};
        case reading::rate:
            return {"debe ser ráfaga/periodo como 10/1m, con un periodo de 1s a 24h",
                    "must be burst/period like 10/1m, with a period from 1s to 24h"};
        case reading::plain:
        case reading::list: break;
    }
    switch (of.rule.type) {
        case shape::kind::integer: return {"debe ser un número entero", "must be a whole number"};
        case shape::kind::boolean: return {"debe ser true o false", "must be true or false"};
        default: return {"no tiene una forma válida", "has no valid form"};
    }
}

/// A bound in the unit that it is written in.
std::string shown_bound(declaration const& of, std::string const& bound)
{
    auto const amount = std::stoll(bound);  // made by our own rules
    if (of.read == reading::span) return format_span(duration{amount});
    if (of.read == reading::milliseconds) return std::to_string(amount / 1000);
    if (of.read == reading::size) return format_size(amount);
    return bound;
}

words words_of(declaration const& of, violation const& broken)
{
    switch (broken.code) {
        case violation_code::too_short:
            return {"debe tener mínimo " + broken.expected + " caracteres", "must have at least " + broken.expected + " characters"};
        case violation_code::too_long:
            return {"debe tener máximo " + broken.expected + " caracteres", "must have at most " + broken.expected + " characters"};
        case violation_code::too_small: {
            auto const bound = shown_bound(of, broken.expected);
            return {"debe ser " + bound + " como mínimo", "must be " + bound + " or more"};
        }
        case violation_code::too_large: {
            auto const bound = shown_bound(of, broken.expected);
            return {"debe ser " + bound + " como máximo", "must be " + bound + " or less"};
        }
        case violation_code::not_an_option: return {"debe ser una de: " + listed(of.rule.options), "must be one of: " + listed(of.rule.options)};
        default: return wanted_form(of);
    }
}

/// A secret is measured here, so that no copy of it stays behind in a scalar.
void check_length(shape::field_rule const& rule, std::string_view text, violations& broken)
{
    auto const characters = count_code_points(text);
    if (rule.length_min && characters < *rule.length_min) broken.push_back({"", violation_code::too_short, std::to_string(*rule.length_min)});
    if (rule.length_max && characters > *rule.length_max) broken.push_back({"", violation_code::too_long, std::to_string(*rule.length_max)});
}

std::vector<std::string> split(std::string_view text)
{
    std::vector<std::string> items;
    for (;;) {
        auto const comma = text.find(',');
        auto item = text.substr(0, comma);
        while (item.starts_with(' ')) item.remove_prefix(1);
        while (item.ends_with(' ')) item.remove_suffix(1);
        items.emplace_back(item);
        if (comma == std::string_view::npos) return items;
        text.remove_prefix(comma + 1);
    }
}

std::optional<std::int64_t> read_amount(declaration const& of, std::string_view text)
{
    if (of.read == reading::size) return read_size(text);
    auto const time = of.read == reading::span ? read_span(text) : read_span(std::string(text) + "ms");
    if (!time) return std::nullopt;
    return time->count();
}

violations const unreadable{{"", violation_code::wrong_format}};

/// What the text says, or what is wrong with it.
std::variant<content, violations> read(declaration const& of, std::string_view text)
{
    violations broken;
    std::optional<shape::scalar> accepted;
    if (of.rule.secret) {
        check_length(of.rule, text, broken);
        if (broken.empty()) return content{secret{text}};
        return broken;
    }
    switch (of.read) {
        case reading::list: return content{split(text)};
        case reading::rate:
            if (auto const allowed = read_rate(text)) return content{*allowed};
            return unreadable;
        case reading::plain: accepted = shape::accept_text(of.rule, text, broken, ""); break;
        case reading::milliseconds:
        case reading::span:
        case reading::size: {
            auto const amount = read_amount(of, text);
            if (!amount) return unreadable;
            accepted = shape::accept(of.rule, shape::value{*amount}, broken, "");
            break;
        }
    }
    if (accepted && broken.empty()) return content{std::move(*accepted)};
    return broken;
}

demand const* first_unmet(declaration const& of, std::string_view text)
{
    auto const items = of.read == reading::list ? split(text) : std::vector<std::string>{};
    for (auto const& each : of.demands) {
        if (of.read != reading::list && !each.is_met(text)) return &each;
        for (auto const& item : items)
            if (!each.is_met(item)) return &each;
    }
    return nullptr;
}

}  // namespace

void judge(declaration const& of, given const* said, settings& into, problems& found)
{
    auto const& name = said != nullptr ? said->as : of.name();
    std::string_view const text = said != nullptr ? std::string_view{said->text} : of.fallback_for(into.environment);
    if (text.empty()) {
        if (of.required_in_production && into.environment == profile::production)
            found.add(name, {"falta, y es obligatoria en producción", "is missing, and required in production"});
        return;
    }
    if (!is_utf8(text) || has_control(text)) {
        found.add(name, {"no puede contener caracteres de control ni bytes que no sean UTF-8",
                         "can't hold control characters or bytes that are not UTF-8"});
        return;
    }
    auto what = read(of, text);
    if (auto const* broken = std::get_if<violations>(&what)) {
        for (auto const& each : *broken) found.add(name, words_of(of, each));
        return;
    }
    if (auto const* unmet = first_unmet(of, text)) {
        found.add(name, unmet->wanted);
        return;
    }
    if (of.state == support::later)
        into.notices.push_back(
            words{name + " se acepta, pero no tiene efecto en esta versión", name + " is accepted, but has no effect in this version"}.in(
                found.tongue()));
    if (of.store) of.store(into, std::get<content>(std::move(what)));
}

}  // namespace mb::config
