#include "apps/composition/arguments.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <type_traits>

namespace mb::composition {
namespace {

void add(CLI::App& to, argument const& what)
{
    auto* const made = std::visit(
        [&](auto* into) {
            if constexpr (std::is_same_v<decltype(into), bool*>)
                return to.add_flag(what.name, *into, what.description);
            else
                return to.add_option(what.name, *into, what.description);
        },
        what.into);
    made->required(what.must == argument::needed::yes);
    if (what.within) made->check(CLI::Range(what.within->least, what.within->most));
    if (!what.excludes.empty()) made->excludes(to.get_option(what.excludes));
}

/// @param named  gets the commands that are named, those below first
void add(CLI::App& to, command const& what, std::vector<command const*>& named)
{
    for (auto const& each : what.arguments) add(to, each);
    for (auto const& each : what.commands) {
        auto* const below = to.add_subcommand(each.name, each.description);
        below->callback([&named, &each] { named.push_back(&each); });
        add(*below, each, named);
    }
    if (!what.commands.empty()) to.require_subcommand(1);
}

bool replaces_command(CLI::App const& app, argument const& what) { return what.replaces_command && app.get_option(what.name)->count() > 0; }

}  // namespace

std::optional<int> parse(command const& line, std::string const& version, int argc, char const* const* argv)
{
    CLI::App app(line.description, line.name);
    app.set_version_flag("--version", version);
    std::vector<command const*> named;
    add(app, line, named);
    if (!line.commands.empty()) {
        app.require_subcommand(0);
        app.callback([&] {
            auto const is_enough = [&](argument const& each) { return replaces_command(app, each); };
            if (app.get_subcommands().empty() && std::none_of(line.arguments.begin(), line.arguments.end(), is_enough)) throw CLI::CallForHelp();
        });
    }
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& end) {
        return app.exit(end) == 0 ? 0 : 1;
    }
    for (auto const* each : named) {
        if (each->chosen) each->chosen();
        if (each->instead) return each->instead();
    }
    return std::nullopt;
}

}  // namespace mb::composition
