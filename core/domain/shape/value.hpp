#pragma once

#include "core/domain/base/id.hpp"

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

    value() noexcept = default;
    value(std::nullptr_t) noexcept {}
    value(bool truth) noexcept : content_(truth) {}
    value(std::int64_t integer) noexcept : content_(integer) {}
    value(int integer) noexcept : content_(std::int64_t{integer}) {}
    value(number other_number) : content_(std::move(other_number)) {}
    value(std::string text) noexcept : content_(std::move(text)) {}
    value(char const* text) : content_(std::string(text)) {}
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

/// One checked value, in the form in which it is stored and compared.
/// DATE is its ISO text, DATETIME microseconds since the epoch, DECIMAL an integer scaled by 10^scale.
using scalar = std::variant<std::monostate, bool, std::int64_t, double, std::string, uuid_bytes>;

inline bool is_null(scalar const& cell) noexcept { return std::holds_alternative<std::monostate>(cell); }

}  // namespace mb::shape
