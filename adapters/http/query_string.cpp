#include "adapters/http/query_string.hpp"

#include "core/domain/base/ascii.hpp"
#include "core/domain/base/text.hpp"

#include <optional>

namespace mb::http {
namespace {

std::optional<std::string> decode(std::string_view raw)
{
    std::string text;
    text.reserve(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] == '+') {
            text += ' ';
        } else if (raw[i] == '%') {
            if (i + 2 >= raw.size()) return std::nullopt;
            int const high = hex_value(raw[i + 1]);
            int const low = hex_value(raw[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            text += static_cast<char>(high << 4 | low);
            i += 2;
        } else {
            text += raw[i];
        }
    }
    if (!is_utf8(text) || text.find('\0') != std::string::npos) return std::nullopt;
    return text;
}

}  // namespace

std::variant<std::vector<std::pair<std::string, std::string>>, problem> parse_query(std::string_view raw)
{
    std::vector<std::pair<std::string, std::string>> parameters;
    while (!raw.empty()) {
        auto const end = raw.find('&');
        auto const pair = raw.substr(0, end);
        raw = end == std::string_view::npos ? std::string_view{} : raw.substr(end + 1);
        auto const equals = pair.find('=');
        auto name = decode(pair.substr(0, equals));
        auto value = decode(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1));
        if (!name || !value || name->empty() || parameters.size() == query_parameters_max) return problem::bad_request;
        parameters.emplace_back(*std::move(name), *std::move(value));
    }
    return parameters;
}

}  // namespace mb::http
