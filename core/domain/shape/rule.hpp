#pragma once

#include "core/domain/base/violation.hpp"
#include "core/domain/shape/value.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mb::shape {

/// What a member may hold. The upper-case names of the API (seed 000 section 4.1.3, entities.md section 2.3) in name_of.
enum class kind : std::uint8_t { text, integer, number, decimal, boolean, date, date_time, enumeration, uuid, email, url, list, object };

std::string_view name_of(kind type) noexcept;                    ///< "TEXT", "DATETIME" …
std::optional<kind> kind_named(std::string_view name) noexcept;  ///< exact, upper case; LIST and OBJECT are not named

/// A compiled pattern that matches in time linear in the text. Made by an adapter.
class pattern {
public:
    virtual ~pattern() = default;
    /// Whether the pattern is found anywhere in the text (anchor it with ^ and $ to match all of it).
    virtual bool found_in(std::string_view text) const noexcept = 0;
};

struct object_rule;

/// The rules of one member. Absent bounds do not bind. One declaration serves API bodies, configuration and dynamic records.
struct field_rule {
    std::string name;
    kind type = kind::text;
    bool required = false;
    bool nullable = false;
    std::optional<std::size_t> length_min;  ///< code points of text; items of a list
    std::optional<std::size_t> length_max;
    std::optional<scalar> min;  ///< in the stored form of `type`
    std::optional<scalar> max;
    int precision = 18;                          ///< DECIMAL: digits in all, 1 to 18
    int scale = 0;                               ///< DECIMAL: digits after the point, 0 to precision
    std::vector<std::string> options;            ///< enumeration: the values allowed, byte-exact
    std::shared_ptr<pattern const> matches;      ///< text only
    std::string pattern_text;                    ///< the source of `matches`, for messages and JSON Schema
    std::optional<scalar> fallback;              ///< what an absent member means
    bool secret = false;                         ///< never shown: a password, a token
    bool control_allowed = true;                 ///< text: false refuses control characters (names, titles)
    std::shared_ptr<field_rule const> element;   ///< list: the rule of each item
    std::shared_ptr<object_rule const> members;  ///< object
};

struct object_rule {
    std::vector<field_rule> fields;
};

/// Whether a missing member is an error (a new thing) or means "leave as it is" (a patch).
enum class presence : std::uint8_t { complete, partial };

/// What one rule made of its member.
struct accepted {
    enum class state : std::uint8_t { absent, null, given };
    state given = state::absent;
    scalar content;  ///< in stored form where `given` and the rule is scalar; the fallback where absent and there is one
};

/// An input that broke this many rules is wrong enough: what follows is not reported (a body can hold 100,000 unknown members).
constexpr std::size_t violations_max = 256;

/// Checks an input against its rules, all of them: every broken rule is appended to `broken` with its JSON Pointer.
/// Text arriving for a scalar is not converted: "12" is no INTEGER (but a DECIMAL and an INTEGER past 2^53 may come as text, entities.md
/// section 2.3).
/// @return one entry for each rule, in their order; meaningful for the members that broke nothing.
std::vector<accepted> accept(object_rule const& rule, value const& input, presence expected, violations& broken, std::string_view pointer = "");

/// Checks one value that is present against one rule.
std::optional<scalar> accept(field_rule const& rule, value const& input, violations& broken, std::string_view pointer);

/// Reads the text form of a scalar (a query parameter, an environment variable) by the rule's type, never by guess, and checks it.
/// INTEGER -?(0|[1-9]\d{0,18}); BOOLEAN exactly true|false; the rest as in JSON text.
std::optional<scalar> accept_text(field_rule const& rule, std::string_view text, violations& broken, std::string_view pointer);

/// The text form of a value in stored form, as accept_text reads it back: "12.50", "2026-01-24"; "" for null.
std::string format_text(field_rule const& rule, scalar const& content);

/// Decimal text (the grammar of a JSON number) to an integer scaled by 10^scale, exactly; nothing where it does not fit in `precision` digits or
/// would lose digits.
std::optional<std::int64_t> parse_decimal(std::string_view text, int precision, int scale) noexcept;
std::string format_decimal(std::int64_t scaled, int scale);

/// An addr-spec with a dot-atom local part and an LDH domain of at least two labels (RFC 5321 section 4.1.2), ASCII,
/// 254 bytes at most; the canonical form is lower case. Nothing where the text is no such address.
std::optional<std::string> canonical_email(std::string_view text);
/// http or https, a host, at most 2,048 bytes, no userinfo, no control or space.
bool is_web_url(std::string_view text) noexcept;

}  // namespace mb::shape
