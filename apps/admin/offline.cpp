#include "apps/admin/offline.hpp"

#include "adapters/config/load.hpp"
#include "apps/admin/failures.hpp"
#include "apps/composition/key_material.hpp"
#include "core/domain/base/text.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace mb::admin {
namespace {

/// Nothing of the configuration is read yet but this.
char const* in_tongue(char const* es, char const* en)
{
    auto const* const tongue = std::getenv("METABUILDER_LANG");
    return tongue != nullptr && std::string_view{tongue} == "en" ? en : es;
}

int write(std::string const& path, std::string_view content)
{
    if (auto const written = composition::write_private_file(path, content); !written) return fail(written.error().detail);
    std::printf("%s %s\n", in_tongue("escrito:", "written:"), path.c_str());
    return 0;
}

secret lines_of(std::vector<composition::drawn_key> const& keys)
{
    std::string lines;
    lines.reserve(4096);  // else pieces would stay behind where it grew
    for (auto const& each : keys) lines.append(each.setting).append("=").append(each.value.reveal()).append("\n");
    return secret{std::move(lines)};
}

}  // namespace

int generate_keys(key_arguments const& asked)
{
    auto const keys = composition::draw_keys(asked.names);
    if (!keys)
        return fail(in_tongue("nombres conocidos: MASTER_KEY JWT_SECRET METRICS_TOKEN PASETO_PRIVATE_KEY",
                              "known names: MASTER_KEY JWT_SECRET METRICS_TOKEN PASETO_PRIVATE_KEY"));
    if (asked.folder) {
        auto const path_of = [&](composition::drawn_key const& key) { return *asked.folder + "/" + ascii_lower(key.setting); };
        for (auto const& each : *keys)
            if (::access(path_of(each).c_str(), F_OK) == 0) return fail(path_of(each) + in_tongue(": ya existe", ": exists already"));
        for (auto const& each : *keys)
            if (auto const failed = write(path_of(each), each.value.reveal()); failed != 0) return failed;
        return 0;
    }
    if (asked.file) return write(*asked.file, lines_of(*keys).reveal());
    if (::isatty(STDOUT_FILENO) != 1)
        return fail(in_tongue("la salida no es un terminal, y podría acabar en un registro: use --file o --folder",
                              "the output is no terminal, and could end in a log: use --file or --folder"));
    auto const lines = lines_of(*keys);
    std::fwrite(lines.reveal().data(), 1, lines.size(), stdout);
    return 0;
}

int check_configuration(std::optional<std::string> const& env_file)
{
    auto const loaded = config::load({config::profile::production, config::process_environment(), env_file});
    if (auto const* wrong = std::get_if<std::vector<std::string>>(&loaded)) {
        for (auto const& message : *wrong) std::fprintf(stderr, "%s\n", message.c_str());
        return 1;
    }
    auto const& settings = std::get<config::settings>(loaded);
    for (auto const& notice : settings.notices) std::printf("⚠ %s\n", notice.c_str());
    std::printf(settings.tongue == notify::language::es ? "la configuración es correcta (perfil %s)\n" : "the configuration is good (profile %s)\n",
                settings.environment == config::profile::production ? "production" : "development");
    return 0;
}

}  // namespace mb::admin
