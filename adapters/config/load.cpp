#include "adapters/config/load.hpp"

#include "adapters/config/declarations.hpp"
#include "adapters/config/derive.hpp"
#include "adapters/config/judge.hpp"
#include "core/domain/base/text.hpp"

#include <unistd.h>

#include <array>

namespace mb::config {
namespace {

constexpr std::size_t env_file_bytes_max = 64 * 1024;
constexpr std::size_t secret_file_bytes_max = 16 * 1024;

/// METABUILDER_LANG is needed before anything can be complained about.
notify::language language_of(arguments const& from, variables const& file)
{
    for (auto const* source : {&from.environment, &file})
        if (auto const given = source->find("METABUILDER_LANG"); given != source->end() && !given->second.empty())
            return given->second == "en" ? notify::language::en : notify::language::es;
    return notify::language::es;
}

std::optional<std::string> content_of(std::string const& variable, std::string const& path, problems& found)
{
    auto content = read_whole_file(path, secret_file_bytes_max);
    if (!content) {
        found.add(variable, {"nombra un archivo que no se puede leer, o de más de 16 KiB", "names a file that can't be read, or is above 16 KiB"});
        return std::nullopt;
    }
    if (content->ends_with('\n')) content->pop_back();
    if (content->ends_with('\r')) content->pop_back();
    return content;
}

/// What one source says about one setting, under any of its names.
std::optional<given> look_up(declaration const& of, variables const& source, origin from, problems& found)
{
    std::optional<given> first;
    auto const take = [&](std::string const& name, std::string_view base, std::string text) {
        if (first && first->text != text)
            found.add(name, {"contradice a " + first->as + ": use sólo una de las dos", "contradicts " + first->as + ": use only one of them"});
        else if (!first)
            first = given{std::move(text), name, std::string(base), from};
    };
    std::vector<std::string_view> names{of.name()};
    names.insert(names.end(), of.aliases.begin(), of.aliases.end());
    for (auto const base : names) {
        if (auto const at = source.find(base); at != source.end() && !at->second.empty()) take(at->first, base, at->second);
        if (!of.may_be_file()) continue;
        if (auto const at = source.find(std::string(base) + "_FILE"); at != source.end() && !at->second.empty())
            if (auto content = content_of(at->first, at->second, found)) take(at->first, base, std::move(*content));
    }
    return first;
}

std::map<std::string, given> resolve(arguments const& from, variables const& file, problems& found)
{
    std::map<std::string, given> all;
    for (auto const& each : declarations()) {
        auto said = look_up(each, from.environment, origin::environment, found);
        if (!said) said = look_up(each, file, origin::env_file, found);
        if (said) all.emplace(each.name(), std::move(*said));
    }
    return all;
}

profile profile_of(std::map<std::string, given> const& all, profile fallback)
{
    auto const said = all.find("ENVIRONMENT");
    if (said == all.end()) return fallback;
    // anything but the word for the lab is judged by the stricter rules; a third word is refused anyway
    return said->second.text == "development" ? profile::development : profile::production;
}

}  // namespace

variables process_environment()
{
    variables all;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        std::string_view const line{*entry};
        if (auto const equals = line.find('='); equals != std::string_view::npos && equals > 0)
            all.try_emplace(std::string(line.substr(0, equals)), line.substr(equals + 1));
    }
    return all;
}

std::variant<settings, std::vector<std::string>> load(arguments const& from)
{
    variables file;
    std::optional<std::string> content;
    problems ignored(notify::language::es);
    if (from.env_file && (content = read_whole_file(*from.env_file, env_file_bytes_max))) file = read_env_file(*content, ignored);

    problems found(language_of(from, file));
    if (from.env_file && !content)
        found.add("--env-file",
                  {"nombra un archivo que no se puede leer, o de más de 64 KiB", "names a file that can't be read, or is above 64 KiB"});
    if (content) (void)read_env_file(*content, found);
    refuse_unknown_in_file(file, found);
    refuse_unknown_in_environment(from.environment, found);

    auto const all = resolve(from, file, found);
    settings made;
    made.environment = profile_of(all, from.fallback);
    for (auto const& each : declarations()) {
        auto const said = all.find(each.name());
        judge(each, said == all.end() ? nullptr : &said->second, made, found);
    }
    derive(made, all, found);
    if (!found.empty()) return std::move(found).take();
    return made;
}

}  // namespace mb::config
