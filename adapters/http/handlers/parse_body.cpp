#include "adapters/http/handlers/parse_body.hpp"

#include "adapters/json/reader.hpp"

#include <charconv>

namespace mb::http {

std::variant<shape::value, response> read_body(exchange const& asked)
{
    auto read = json::read(asked.asked().body);
    if (auto* tree = std::get_if<shape::value>(&read)) return std::move(*tree);
    auto const& fault = std::get<json::fault>(read);
    // a name that stands twice is readable JSON (RFC 8259 section 4) that breaks our rule: 422
    if (fault.kind == json::fault_kind::duplicate_name) return asked.refuse(violations{{"", violation_code::duplicate, {}}});
    return asked.refuse(problem::invalid_json);
}

std::optional<std::size_t> page_limit(exchange const& asked, std::size_t usual, std::size_t most)
{
    auto const given = asked.query("limit");
    if (!given) return usual;
    std::size_t limit = 0;
    auto const [end, failure] = std::from_chars(given->data(), given->data() + given->size(), limit);
    if (failure != std::errc{} || end != given->data() + given->size() || limit < 1 || limit > most) return std::nullopt;
    return limit;
}

bool read_time(exchange const& asked, std::string_view name, std::optional<instant>& into)
{
    auto const given = asked.query(name);
    if (given) into = parse_rfc3339(*given);
    return !given || into;
}

}  // namespace mb::http
