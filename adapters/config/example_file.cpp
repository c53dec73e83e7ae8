#include "adapters/config/declarations.hpp"

namespace mb::config {
namespace {

std::string remark(std::string const& meaning, std::string const& without, char const* absent)
{
    return "# " + meaning + (without.empty() ? "" : std::string(" [") + absent + ": " + without + "]") + "\n";
}

}  // namespace

std::string example_file()
{
    std::string text =
        "# Configuración de MetaBuilder. Copie este archivo a .env, quite el # de lo que cambie y arranque con --env-file .env\n"
        "# MetaBuilder's configuration. Copy this file to .env, remove the # of what you change and start with --env-file .env\n"
        "# Generado a partir de adapters/config/declarations.cpp; una prueba compara los dos.\n"
        "# Generated from adapters/config/declarations.cpp; a test compares the two.\n";
    for (auto const& each : declarations()) {
        if (!each.section.es.empty()) text += "\n# ---- " + each.section.es + " / " + each.section.en + "\n";
        text += "\n" + remark(each.meaning.es, each.without.es, "si falta") + remark(each.meaning.en, each.without.en, "if absent");
        for (auto const alias : each.aliases) text.append("# = ").append(alias).append("\n");
        text += (each.required_in_production ? "" : "# ") + each.name() + "=" + each.fallback + "\n";
    }
    return text;
}

}  // namespace mb::config
