#pragma once

#include "adapters/http/bodies.hpp"
#include "adapters/http/exchange.hpp"

#include <variant>

namespace mb::http {

/// The body as a value tree, or the refusal to answer: 400 where it is no JSON, 422 where a member stands twice.
std::variant<shape::value, response> read_body(exchange const& asked);

/// The body as a checked struct, or the refusal to answer, with everything that is wrong.
template <class Body>
std::variant<Body, response> parse_body(exchange const& asked)
{
    auto read = read_body(asked);
    if (auto* refused = std::get_if<response>(&read)) return std::move(*refused);
    auto bound = bind<Body>(std::get<shape::value>(read));
    if (auto const* broken = std::get_if<violations>(&bound)) return asked.refuse(*broken);
    return std::get<Body>(std::move(bound));
}

/// `limit` of a page, 1 to `most`, or `usual` where it is not given; nothing where it is no such number.
std::optional<std::size_t> page_limit(exchange const& asked, std::size_t usual, std::size_t most);

/// Reads a time (RFC 3339) of the query into `into`, which keeps its value if none is given. @return false if it can't be read.
bool read_time(exchange const& asked, std::string_view name, std::optional<instant>& into);

}  // namespace mb::http
