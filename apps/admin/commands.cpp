#include "apps/admin/commands.hpp"

#include "apps/admin/failures.hpp"
#include "core/domain/base/text.hpp"
#include "core/usecases/identity/change_user.hpp"
#include "core/usecases/identity/unlock_user.hpp"
#include "core/usecases/mfa/remove_factor.hpp"
#include "core/usecases/operations/create_user.hpp"
#include "core/usecases/tokens/list_signing_keys.hpp"
#include "core/usecases/tokens/rotate_signing_key.hpp"

#include <cstdio>
#include <iostream>

namespace mb::admin {
namespace {

constexpr std::size_t inbox_size = 100;

/// Tells a refusal; 0 where there was none.
template <class T>
int tell(outcome<answer<T>> const& said)
{
    if (!said) return fail(said.error());
    if (auto const* no = said->denied()) {
        std::fprintf(stderr, "❌ %s\n", std::string(entry_of(no->why).code).c_str());
        return 1;
    }
    if (auto const* broken = said->broken()) {
        for (auto const& each : *broken)
            std::fprintf(stderr, "❌ %s: %s %s\n", each.pointer.c_str(), std::string(code_of(each.code)).c_str(), each.expected.c_str());
        return 1;
    }
    return 0;
}

/// Who has the shell and the keys of the server may do what an administrator may; audit rows name no account then, but the operator's nil id.
outcome<usecases::caller> operator_of(composition::services& with)
{
    MB_TRY(auto known, with.catalogues().refresh());
    identity::user self{.id = {}, .address = identity::email::restore("operator@localhost.localdomain"), .roles = {std::string(access::admin_role)}};
    return usecases::caller{std::move(self), std::nullopt, std::move(known)};
}

outcome<std::optional<identity::user>> find(composition::services& with, std::string const& address)
{
    auto const email = identity::email::parse(address);
    if (!email) return std::optional<identity::user>{};
    return ports::read(with.store(), [&](ports::transaction& tx) { return tx.users().find(*email); });
}

}  // namespace

int show_schema(composition::services& with)
{
    if (auto const current = with.require_current_schema(); !current) return fail(current.error());
    std::printf("el esquema está al día\n");
    return 0;
}

int migrate(composition::services& with)
{
    if (auto const migrated = with.migrate(); !migrated) return fail(migrated.error());
    return show_schema(with);
}

int migrate_and_set_up(composition::services& with)
{
    if (auto const migrated = with.migrate(); !migrated) return fail(migrated.error());
    if (auto const made = with.database().set_up_roles(); !made) return fail(made.error());
    std::printf(
        "roles listos: mb_ddl (dueño), mb_app (filas), mb_audit (solo añade)\n"
        "conceda al usuario del servidor, que debe ser INHERIT: GRANT mb_app, mb_audit TO usuario;\n");
    return show_schema(with);
}

int check_integrity(composition::services& with)
{
    if (auto const sound = with.check_integrity(); !sound) return fail(sound.error());
    std::printf("la base de datos está íntegra\n");
    return 0;
}

int back_up(config::settings const& settings, composition::backup_wanted const& wanted)
{
    auto const made = composition::back_up(settings, wanted);
    if (!made) return fail(made.error());
    bool const spanish = settings.tongue == notify::language::es;
    if (wanted.recipients.empty())
        std::fputs(spanish ? "⚠ la copia no está cifrada (BACKUP_AGE_RECIPIENT)\n" : "⚠ the backup is not encrypted (BACKUP_AGE_RECIPIENT)\n",
                   stderr);
    std::printf("%s %s\n%llu bytes, sha256 %s\n", spanish ? "copia en" : "backup in", made->file.c_str(),
                static_cast<unsigned long long>(made->bytes), made->sha256.c_str());
    return 0;
}

int restore(config::settings const& settings, composition::restore_wanted const& wanted)
{
    auto const done = composition::restore(settings, wanted);
    if (!done) return fail(done.error());
    bool const spanish = settings.tongue == notify::language::es;
    std::printf(spanish ? "restaurada la copia de %s (versión %s); sesiones cerradas: %zu\n"
                        : "restored the backup of %s (version %s); sessions ended: %zu\n",
                format_rfc3339(done->created).c_str(), done->program.c_str(), done->sessions_ended);
    return 0;
}

int create_user(composition::services& with, config::settings const& settings, user_arguments const& asked)
{
    std::string typed;
    std::getline(std::cin, typed);
    usecases::new_user wanted{asked.email, secret{std::move(typed)}, asked.username, std::nullopt, asked.roles};
    usecases::create_user const create(with.store(), with.clock(), with.random(), with.hasher(), with.judge(),
                                       composition::policies_of(settings).passwords);
    auto const said = create(wanted, composition::own_origin(with.random(), with.clock().now()));
    if (auto const exit_code = tell(said); exit_code != 0) return exit_code;
    std::printf("%s %s\n", said->granted()->id.text().c_str(), said->granted()->address.text().c_str());
    return 0;
}

int set_roles(composition::services& with, user_arguments const& asked)
{
    auto const found = find(with, asked.email);
    if (!found) return fail(found.error());
    if (!*found) return fail("USUARIO_NO_ENCONTRADO");
    auto const self = operator_of(with);
    if (!self) return fail(self.error());
    usecases::change_user const change(with.store(), with.clock(), with.random(), with.digests());
    auto const said = change((*found)->id, {asked.roles, std::nullopt}, *self, composition::own_origin(with.random(), with.clock().now()));
    if (auto const exit_code = tell(said); exit_code != 0) return exit_code;
    for (auto const& role : said->granted()->user.roles) std::printf("%s\n", role.c_str());
    return 0;
}

int unlock_user(composition::services& with, user_arguments const& asked)
{
    auto const found = find(with, asked.email);
    if (!found) return fail(found.error());
    if (!*found) return fail("USUARIO_NO_ENCONTRADO");
    auto const self = operator_of(with);
    if (!self) return fail(self.error());
    usecases::unlock_user const unlock(with.store(), with.clock(), with.random(), with.digests());
    return tell(unlock((*found)->id, *self, composition::own_origin(with.random(), with.clock().now())));
}

int remove_factor(composition::services& with, config::settings const& settings, user_arguments const& asked)
{
    auto const found = find(with, asked.email);
    if (!found) return fail(found.error());
    if (!*found) return fail("USUARIO_NO_ENCONTRADO");
    auto const self = operator_of(with);
    if (!self) return fail(self.error());
    usecases::remove_factor const remove(with.store(), with.clock(), with.random(), with.digests(), composition::policies_of(settings).links);
    return tell(remove((*found)->id, *self, composition::own_origin(with.random(), with.clock().now())));
}

int list_keys(composition::services& with)
{
    auto const self = operator_of(with);
    if (!self) return fail(self.error());
    usecases::list_signing_keys const list(with.store(), with.clock(), with.random());
    auto const said = list(*self, composition::own_origin(with.random(), with.clock().now()));
    if (auto const exit_code = tell(said); exit_code != 0) return exit_code;
    for (auto const& key : *said->granted())
        std::printf("%s %s %s\n", key.kid.c_str(), std::string(tokens::name_of(key.state)).c_str(), format_rfc3339(key.created_at).c_str());
    return 0;
}

int rotate_key(composition::services& with, config::settings const& settings)
{
    auto const self = operator_of(with);
    if (!self) return fail(self.error());
    usecases::rotate_signing_key const rotate(with.store(), with.catalogues(), with.clock(), with.random(),
                                              composition::policies_of(settings).tokens);
    auto const said = rotate(*self, composition::own_origin(with.random(), with.clock().now()));
    if (auto const exit_code = tell(said); exit_code != 0) return exit_code;
    std::printf("%s\n", said->granted()->kid.c_str());
    return 0;
}

int show_inbox(composition::services& with, config::settings const& settings, inbox_arguments const& asked)
{
    if (settings.environment == config::profile::production) return fail("el buzón de desarrollo solo existe en el laboratorio");
    auto const listed = ports::read(with.store(), [](ports::transaction& tx) { return tx.outbox().newest(inbox_size); });
    if (!listed) return fail(listed.error());
    bool found = false;
    for (auto const& entry : *listed) {
        auto const& mail = entry.message;
        if (asked.to && ascii_lower(*asked.to) != mail.recipient.text()) continue;
        if (asked.token_only && mail.link_token.empty()) continue;
        found = true;
        if (asked.token_only) {
            std::printf("%s\n", std::string(mail.link_token.reveal()).c_str());
            return 0;
        }
        std::printf("%s  %s  %s", format_rfc3339(mail.created_at).c_str(), mail.recipient.text().c_str(),
                    std::string(notify::name_of(mail.kind)).c_str());
        if (!mail.link_token.empty()) std::printf("  %s", composition::link_of(settings, mail).c_str());
        std::printf("\n");
    }
    return found || !asked.token_only ? 0 : fail("no hay ningún correo con token para esa dirección");
}

}  // namespace mb::admin
