#pragma once

#include "core/domain/base/id.hpp"
#include "core/domain/base/nothing.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace mb::shape {

class value;
struct member;
using list = std::vector<value>;
/// In the order they were written; the reader refuses a name that stands twice.
using object = std::vector<member>;

/// A JSON number that is not a 64-bit integer. Finite.
struct number {
    double approximate = 0;
    std::string lexeme;  ///< as written, so that DECIMAL never passes through a double
    friend bool operator==(number const&, number const&) = default;
};

/// An input as it was read, before any rule: the JSON data model, plus the spelling of numbers.
class value {
public:
    using content = std::variant<std::monostate, bool, std::int64_t, number, std::string, list, object>;

    // Defined below, where `member` is complete: clang wants to know how to destroy what a constructor makes.
    value() noexcept;
    value(std::nullptr_t) noexcept;
    value(bool truth) noexcept;
    value(std::int64_t integer) noexcept;
    value(int integer) noexcept;
    value(number other_number);
    value(std::string text) noexcept;
    value(char const* text);
    value(list items) noexcept;
    value(object members) noexcept;

    bool is_null() const noexcept { return std::holds_alternative<std::monostate>(content_); }
    template <class T>
    T const* as() const noexcept
    {
        return std::get_if<T>(&content_);
    }
    template <class T>
    T* as() noexcept
    {
        return std::get_if<T>(&content_);
    }
    content const& held() const noexcept { return content_; }
    /// The member of an object, or null where this is no object or has no such member.
    value const* find(std::string_view name) const noexcept;

    friend bool operator==(value const&, value const&);

private:
    content content_;
};

struct member {
    std::string name;
    value content;
    friend bool operator==(member const&, member const&) = default;
};

inline value::value() noexcept = default;
inline value::value(std::nullptr_t) noexcept {}
inline value::value(bool truth) noexcept : content_(truth) {}
inline value::value(std::int64_t integer) noexcept : content_(integer) {}
inline value::value(int integer) noexcept : content_(std::int64_t{integer}) {}
inline value::value(number other_number) : content_(std::move(other_number)) {}
inline value::value(std::string text) noexcept : content_(std::move(text)) {}
inline value::value(char const* text) : content_(std::string(text)) {}
inline value::value(list items) noexcept : content_(std::move(items)) {}
inline value::value(object members) noexcept : content_(std::move(members)) {}

/// One checked value, in the form in which it is stored and compared.
/// DATE is its ISO text, DATETIME microseconds since the epoch, DECIMAL an integer scaled by 10^scale.
using scalar = std::variant<nothing, bool, std::int64_t, double, std::string, uuid_bytes>;

inline bool is_null(scalar const& cell) noexcept { return std::holds_alternative<nothing>(cell); }

}  // namespace mb::shape
