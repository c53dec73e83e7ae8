#pragma once

#include "core/domain/shape/value.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What a client sends and reads.

namespace mb::http::testing {

using field_list = std::vector<std::pair<std::string, std::string>>;

/// What a client reads.
struct reply {
    int status = 0;
    field_list fields;  ///< in the order of the wire, those that every answer has included
    std::string body;   ///< "" to HEAD, and where the status has none
    bool close = false;

    /// The first field of that name in any case; "" if there is none.
    std::string field(std::string_view name) const;
    /// How many there are.
    std::size_t count(std::string_view name) const;
    /// What a cookie was set to; nothing where it was not. Cleared: "".
    std::optional<std::string> cookie(std::string_view name) const;

    /// The test fails where the body is no JSON.
    shape::value json() const;
    /// Whether the body has a member at that place (RFC 6901).
    bool has(std::string_view pointer) const;
    /// A text as it is, other scalars as JSON writes them, lists and objects as JSON; "(none)" where there is nothing.
    std::string at(std::string_view pointer) const;
    /// Of a list or an object; 0 where there is none.
    std::size_t size(std::string_view pointer) const;
    std::string code() const { return at("/code"); }
};

/// An Authorization field, and more.
field_list bearer(std::string_view token, field_list more = {});
/// "name=value; …" as one field.
std::pair<std::string, std::string> cookies(std::vector<std::pair<std::string_view, std::string_view>> const& sent);
std::pair<std::string, std::string> from_origin(std::string_view origin);

/// {"name": "text", …}
std::string object_of(std::vector<std::pair<std::string_view, std::string_view>> const& members);

}  // namespace mb::http::testing
