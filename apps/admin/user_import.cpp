#include "apps/composition/user_import.hpp"

#include "apps/admin/commands.hpp"

#include <cstdio>
#include <string>

namespace mb::admin {
namespace {

void print(usecases::import_report const& report, bool spanish)
{
    for (auto const& [line, what] : report.problems)
        std::fprintf(stderr, "❌ %s %zu: %s %s %s\n", spanish ? "línea" : "line", line, what.pointer.empty() ? "/" : what.pointer.c_str(),
                     std::string(code_of(what.code)).c_str(), what.expected.c_str());
    if (auto const untold = report.problems_total - report.problems.size(); untold > 0)
        std::fprintf(stderr, spanish ? "❌ y %zu problemas más\n" : "❌ and %zu problems more\n", untold);
}

}  // namespace

int import_users(composition::services& with, config::settings const& settings, import_arguments const& asked)
{
    using namespace usecases;
    bool const spanish = settings.tongue == notify::language::es;
    if (auto const current = with.require_current_schema(); !current) {
        std::fprintf(stderr, "❌ %s [%s]\n", current.error().detail.c_str(), current.error().where);
        return 1;
    }
    import_wishes const wishes{asked.allow_admin ? admin_import::allowed : admin_import::refused,
                               asked.skip_existing ? known_account::is_left_alone : known_account::is_a_problem,
                               asked.dry_run ? import_effect::only_looks : import_effect::writes};
    auto const said = composition::import_users(with, asked.file, wishes);
    if (!said) {
        std::fprintf(stderr, "❌ %s: %s [%s]\n", asked.file.c_str(), said.error().detail.c_str(), said.error().where);
        std::fprintf(
            stderr, spanish ? "lo que ya se creó se queda: repítalo con --skip-existing\n" : "what was made stays: repeat it with --skip-existing\n");
        return 1;
    }
    print(*said, spanish);
    if (said->problems_total > 0) {
        std::fprintf(stderr, spanish ? "❌ %zu problemas en %zu cuentas; creadas: %zu\n" : "❌ %zu problems in %zu accounts; made: %zu\n",
                     said->problems_total, said->accounts, said->created);
        return 1;
    }
    if (said->accounts == 0) {
        std::fprintf(stderr, spanish ? "❌ el archivo no tiene ninguna cuenta\n" : "❌ the file holds no account\n");
        return 1;
    }
    if (asked.dry_run)
        std::printf(spanish ? "se crearían %zu cuentas; ya existen %zu\n" : "%zu accounts would be made; %zu exist already\n",
                    said->accounts - said->left_alone, said->left_alone);
    else
        std::printf(spanish ? "creadas %zu cuentas; ya existían %zu\n" : "%zu accounts made; %zu existed already\n", said->created, said->left_alone);
    return 0;
}

}  // namespace mb::admin
