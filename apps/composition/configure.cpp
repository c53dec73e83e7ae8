#include "apps/composition/configure.hpp"

#include "adapters/config/lab_secrets.hpp"
#include "adapters/config/load.hpp"
#include "adapters/openssl/system_randomness.hpp"
#include "apps/composition/version.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <filesystem>
#include <system_error>

namespace mb::composition {
namespace {

int refuse(std::vector<std::string> const& messages)
{
    for (auto const& message : messages) std::fprintf(stderr, "%s\n", message.c_str());
    return 1;
}

}  // namespace

std::variant<config::settings, int> configure(config::profile profile, char const* program, int argc, char** argv,
                                              std::function<void(CLI::App&)> const& more,
                                              std::function<std::vector<std::string>(config::settings const&)> const& judge)
{
    std::optional<std::string> env_file;
    bool check = false;
    bool print = false;
    CLI::App app("MetaBuilder: identity and dynamic entities", program);
    app.set_version_flag("--version", version);
    app.add_option("--env-file", env_file, "a file of NAME=value lines; the environment wins over it");
    auto* const checking = app.add_flag("--check", check, "say everything that is wrong with the configuration, and end");
    auto* const printing = app.add_flag("--print-config", print, "show what is in force, without secrets, and end");
    if (more) {
        more(app);
        // the configuration can be looked at without naming a command
        auto const commands = app.get_require_subcommand_min();
        app.require_subcommand(0);
        app.callback([&app, checking, printing, commands] {
            if (app.get_subcommands().size() < commands && checking->count() == 0 && printing->count() == 0) throw CLI::CallForHelp();
        });
    }
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& end) {
        return app.exit(end) == 0 ? 0 : 1;
    }

    auto loaded = config::load({profile, config::process_environment(), env_file});
    if (auto const* wrong = std::get_if<std::vector<std::string>>(&loaded)) return refuse(*wrong);
    auto& settings = std::get<config::settings>(loaded);
    if (judge)
        if (auto const wrong = judge(settings); !wrong.empty()) return refuse(wrong);
    if (print) std::fputs(config::print(settings).c_str(), stdout);
    if (check || print) return 0;

    std::error_code failure;
    if (std::filesystem::create_directories(settings.state_dir, failure); failure)
        return refuse({"❌ Error de configuración: STATE_DIR: " + failure.message()});
    if (settings.environment == config::profile::development)
        if (auto const wrong = config::fill_lab_secrets(settings, openssl::system_randomness{}); !wrong.empty()) return refuse({wrong});
    return std::move(settings);
}

}  // namespace mb::composition
