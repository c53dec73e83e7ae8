#pragma once

#include "adapters/config/problems.hpp"
#include "adapters/config/settings.hpp"
#include "core/domain/shape/rule.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mb::config {

/// How the text of a setting becomes the value that its rule judges.
enum class reading : std::uint8_t {
    plain,         ///< by the type of the rule
    milliseconds,  ///< a whole number; INTEGER of microseconds
    span,          ///< 15m; INTEGER of microseconds
    size,          ///< 25MiB; INTEGER of bytes
    rate,          ///< 10/1m
    list           ///< separated by commas; the rule judges each item
};

enum class support : std::uint8_t {
    built,
    later  ///< documented, checked and otherwise ignored; said at start where it is given
};

/// What was read. A secret is never copied into a scalar.
using content = std::variant<shape::scalar, rate, std::vector<std::string>, secret>;

/// A rule beyond what `shape` knows, with the words that say what was wanted: "debe …", "must …".
struct demand {
    bool (*is_met)(std::string_view text);
    words wanted;
};

/// One setting: the one place that says its name, its form, its default and its meaning.
struct declaration {
    shape::field_rule rule;  ///< name, type, bounds, options, secret
    std::vector<std::string_view> aliases;
    reading read = reading::plain;
    support state = support::built;
    std::string fallback;              ///< as text; "" where there is none or where it depends on others
    std::string development_fallback;  ///< where it differs
    bool required_in_production = false;
    bool may_hold_password = false;  ///< no secret as a whole, but to be kept like one
    std::vector<demand> demands;
    words meaning;
    words without;                                    ///< what its absence means, where `fallback` does not say it
    words section;                                    ///< begins a section of .env.example where not empty
    std::function<void(settings&, content&&)> store;  ///< none for `later`

    std::string const& name() const noexcept { return rule.name; }
    /// Whether NAME_FILE, a path, is read as well.
    bool may_be_file() const noexcept { return rule.secret || may_hold_password; }
    std::string const& fallback_for(profile which) const noexcept
    {
        return which == profile::development && !development_fallback.empty() ? development_fallback : fallback;
    }
};

/// All of contract.md section 4, in its order.
std::span<declaration const> declarations();
/// By name or alias; null where there is none.
declaration const* find_declaration(std::string_view name);

/// The text of .env.example: every declaration with its meaning and its default.
std::string example_file();

}  // namespace mb::config
