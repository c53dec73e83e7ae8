#include "adapters/config/sources.hpp"

#include "adapters/config/declarations.hpp"

#include <algorithm>
#include <fstream>
#include <numeric>
#include <vector>

namespace mb::config {
namespace {

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view blanks = " \t\r";
    auto const first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string_view unquoted(std::string_view text)
{
    auto const is_quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
    return is_quoted ? text.substr(1, text.size() - 2) : text;
}

/// Upper case only: what else stands left of an equals sign may be the beginning of a secret, and is not repeated in a message.
bool is_variable_name(std::string_view text)
{
    auto const is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; };
    return !text.empty() && text.size() <= 64 && is_letter(text.front())
           && std::all_of(text.begin(), text.end(), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

/// Levenshtein's distance.
std::size_t distance(std::string_view left, std::string_view right)
{
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < left.size(); ++i) {
        auto diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < right.size(); ++j) {
            auto const changed = diagonal + (left[i] != right[j]);
            diagonal = row[j + 1];
            row[j + 1] = std::min({row[j] + 1, diagonal + 1, changed});
        }
    }
    return row.back();
}

std::vector<std::string> known_names()
{
    std::vector<std::string> names;
    for (auto const& each : declarations()) {
        names.push_back(each.name());
        names.insert(names.end(), each.aliases.begin(), each.aliases.end());
        if (!each.may_be_file()) continue;
        for (std::size_t first = names.size() - 1 - each.aliases.size(), last = names.size(); first < last; ++first)
            names.push_back(names[first] + "_FILE");
    }
    return names;
}

bool is_known(std::string_view name)
{
    if (find_declaration(name) != nullptr) return true;
    if (!name.ends_with("_FILE")) return false;
    auto const* of = find_declaration(name.substr(0, name.size() - std::string_view{"_FILE"}.size()));
    return of != nullptr && of->may_be_file();
}

/// What Kubernetes sets for a service that is called metabuilder.
bool is_service_link(std::string_view name)
{
    return name.starts_with("METABUILDER_SERVICE_") || name == "METABUILDER_PORT" || name.starts_with("METABUILDER_PORT_");
}

void refuse_unknown(std::string_view name, problems& found)
{
    auto const meant = nearest_known_name(name);
    found.add(name, {"no es una variable conocida" + (meant ? " (¿quiso decir " + *meant + "?)" : ""),
                     "is no known variable" + (meant ? " (did you mean " + *meant + "?)" : "")});
}

}  // namespace

variables read_env_file(std::string_view content, problems& found)
{
    variables read;
    for (std::size_t number = 1; !content.empty(); ++number) {
        auto const end = std::min(content.find('\n'), content.size());
        auto const line = trimmed(content.substr(0, end));
        content.remove_prefix(std::min(end + 1, content.size()));
        if (line.empty() || line.front() == '#') continue;
        auto const equals = line.find('=');
        auto const name = trimmed(line.substr(0, equals));
        auto const place = std::to_string(number);
        if (equals == std::string_view::npos || !is_variable_name(name)) {
            found.add("--env-file", {"línea " + place + ": debe tener la forma NOMBRE=valor", "line " + place + ": must have the form NAME=value"});
            continue;
        }
        if (!read.try_emplace(std::string(name), unquoted(trimmed(line.substr(equals + 1)))).second)
            found.add(name, {"está dos veces en el archivo (línea " + place + ")", "stands twice in the file (line " + place + ")"});
    }
    return read;
}

std::optional<std::string> read_whole_file(std::string const& path, std::size_t bytes_max)
{
    std::ifstream file(path, std::ios::binary);
    std::string content(bytes_max + 1, '\0');
    // reading a folder opens, and fails here
    if (!file || (!file.read(content.data(), static_cast<std::streamsize>(content.size())) && !file.eof())) return std::nullopt;
    content.resize(static_cast<std::size_t>(file.gcount()));
    if (content.size() > bytes_max) return std::nullopt;
    return content;
}

std::optional<std::string> nearest_known_name(std::string_view name)
{
    std::optional<std::string> nearest;
    auto least = std::size_t{3};
    for (auto const& known : known_names()) {
        auto const allowed = std::min(known.size(), name.size()) < 6 ? 0U : std::min(known.size(), name.size()) < 9 ? 1U : 2U;
        if (auto const far = distance(name, known); far <= allowed && far < least) {
            least = far;
            nearest = known;
        }
    }
    return nearest;
}

void refuse_unknown_in_file(variables const& given, problems& found)
{
    for (auto const& [name, value] : given)
        if (!is_known(name)) refuse_unknown(name, found);
}

void refuse_unknown_in_environment(variables const& given, problems& found)
{
    for (auto const& [name, value] : given) {
        if (is_known(name) || !is_variable_name(name) || is_service_link(name)) continue;
        if (name.starts_with("METABUILDER_") || nearest_known_name(name)) refuse_unknown(name, found);
    }
}

}  // namespace mb::config
