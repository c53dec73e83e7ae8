#include "apps/composition/configure.hpp"

#include "adapters/config/lab_secrets.hpp"
#include "adapters/config/load.hpp"
#include "adapters/openssl/system_randomness.hpp"
#include "apps/composition/version.hpp"

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

std::variant<config::settings, int> configure(config::profile profile, command line, std::optional<std::string>& env_file, int argc,
                                              char const* const* argv, std::function<std::vector<std::string>(config::settings const&)> const& judge)
{
    bool check = false;
    bool print = false;
    line.description = "MetaBuilder: identity and dynamic entities";
    std::vector<argument> shared{
        {.name = "--env-file", .into = &env_file, .description = "a file of NAME=value lines; the environment wins over it"},
        // the configuration can be looked at without naming a command
        {.name = "--check", .into = &check, .description = "say everything that is wrong with the configuration, and end", .replaces_command = true},
        {.name = "--print-config", .into = &print, .description = "show what is in force, without secrets, and end", .replaces_command = true}};
    line.arguments.insert(line.arguments.begin(), shared.begin(), shared.end());
    if (auto const exit_code = parse(line, version, argc, argv)) return *exit_code;

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
