#include "apps/composition/configure.hpp"
#include "apps/composition/services.hpp"
#include "apps/metabuilder-admin/commands.hpp"
#include "apps/metabuilder-admin/offline.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <functional>
#include <optional>
#include <string>

namespace {

using mb::composition::services;
using work = std::function<int(services&, mb::config::settings const&)>;
using offline_work = std::function<int(mb::config::settings const&)>;

/// What the commands were given.
struct arguments {
    mb::admin::user_arguments user;
    mb::admin::import_arguments import_of;
    mb::admin::inbox_arguments inbox;
    mb::admin::key_arguments keys;
    mb::admin::audit_arguments audit;
    mb::composition::backup_wanted backup;
    mb::composition::restore_wanted restore;
};

/// Ends the program from within a command that needs no configuration.
[[noreturn]] void end_with(int exit_code)
{
    if (exit_code == 0) throw CLI::Success();
    throw CLI::RuntimeError(exit_code);
}

/// Declares the commands that find the database themselves, or need none.
void declare_offline(CLI::App& app, arguments& given, offline_work& chosen)
{
    using namespace mb;
    auto* backup = app.add_subcommand("backup", "write a whole copy of the database, while it is used");
    backup->add_option("file", given.backup.file, "a new file, or a folder: then it is named after the time")->required();
    backup->add_option("--recipient", given.backup.recipients, "encrypt it for this public key of age instead of those of BACKUP_AGE_RECIPIENT");
    backup->callback([&chosen, &given] {
        chosen = [&given](config::settings const& settings) {
            if (given.backup.recipients.empty()) given.backup.recipients = settings.backup_recipients;
            return admin::back_up(settings, given.backup);
        };
    });
    auto* restore = app.add_subcommand("restore", "put a copy in the place of the database, and end the sessions in it; stop the server first");
    restore->add_option("file", given.restore.file)->required();
    restore->add_option("--identity", given.restore.identity_file, "the file of the private key of age, where the copy is encrypted");
    restore->callback([&chosen, &given] { chosen = [&given](config::settings const& settings) { return admin::restore(settings, given.restore); }; });

    auto* configuration = app.add_subcommand("config", "the configuration");
    configuration->require_subcommand(1);
    configuration->add_subcommand("check", "say everything that is wrong with it for metabuilder-server")->callback([&app] {
        auto const* const file = app.get_option("--env-file");
        end_with(admin::check_configuration(file->count() > 0 ? std::optional(file->as<std::string>()) : std::nullopt));
    });
}

void declare_import(CLI::App& users, mb::admin::import_arguments& asked, work& chosen)
{
    auto* command =
        users.add_subcommand("import", "make the accounts of another system, with the hashes of their passwords; all of the file or nothing");
    command->add_option("file", asked.file, "one JSON object a line: email, username, display_name, email_verified, roles, password_hash")
        ->required();
    command->add_flag("--dry-run", asked.dry_run, "only say what is wrong, and how many there would be");
    command->add_flag("--allow-admin", asked.allow_admin, "let roles that administer be given");
    command->add_flag("--skip-existing", asked.skip_existing, "leave accounts alone that are there already, instead of refusing the file");
    command->callback([&chosen, &asked] {
        chosen = [&asked](mb::composition::services& with, mb::config::settings const& settings) {
            return mb::admin::import_users(with, settings, asked);
        };
    });
}

/// Declares the commands; the one that was asked for leaves its work in `chosen`.
void declare(CLI::App& app, arguments& given, work& chosen, offline_work& chosen_offline)
{
    using namespace mb;
    declare_offline(app, given, chosen_offline);
    auto& user = given.user;
    auto& inbox = given.inbox;
    auto const with_services = [&chosen](int (*command)(services&)) {
        return [&chosen, command] { chosen = [command](services& with, config::settings const&) { return command(with); }; };
    };
    auto const with_user = [&chosen, &user](int (*command)(services&, admin::user_arguments const&)) {
        return [&chosen, &user, command] { chosen = [command, &user](services& with, config::settings const&) { return command(with, user); }; };
    };
    app.require_subcommand(1);

    auto* migrate = app.add_subcommand("migrate", "bring the database's schema up to date");
    migrate->add_subcommand("status", "say whether it is")->callback(with_services(admin::show_schema));
    auto* up = migrate->add_subcommand("up", "run the migrations that are missing");
    auto* set_up = up->add_flag("--setup")->description("and make the roles mb_ddl, mb_app and mb_audit of PostgreSQL with their rights");
    up->callback([&chosen, set_up] {
        auto* const command = set_up->count() > 0 ? admin::migrate_and_set_up : admin::migrate;
        chosen = [command](services& with, config::settings const&) { return command(with); };
    });
    migrate->require_subcommand(1);
    app.add_subcommand("check", "read the whole database and say whether it is sound")->callback(with_services(admin::check_integrity));

    auto* users = app.add_subcommand("user", "accounts");
    users->require_subcommand(1);
    auto* create = users->add_subcommand("create", "make a verified account; the password is one line of standard input");
    create->add_option("--email", user.email)->required();
    create->add_option("--username", user.username);
    create->add_option("--role", user.roles)->required();
    create->callback([&chosen, &user] {
        chosen = [&user](services& with, config::settings const& settings) { return admin::create_user(with, settings, user); };
    });
    declare_import(*users, given.import_of, chosen);
    auto* roles = users->add_subcommand("roles", "set the roles of an account");
    roles->add_option("--email", user.email)->required();
    roles->add_option("--role", user.roles)->required();
    roles->callback(with_user(admin::set_roles));
    auto* unlock = users->add_subcommand("unlock", "lift the lockout of an account");
    unlock->add_option("--email", user.email)->required();
    unlock->callback(with_user(admin::unlock_user));

    auto* factor = users->add_subcommand("remove-factor", "take away the second factor of somebody who lost it; every session of theirs ends");
    factor->add_option("--email", user.email)->required();
    factor->callback([&chosen, &user] {
        chosen = [&user](services& with, config::settings const& settings) { return admin::remove_factor(with, settings, user); };
    });

    auto* keys = app.add_subcommand("keys", "signing keys, and secrets for settings");
    keys->require_subcommand(1);
    keys->add_subcommand("list", "list the signing keys")->callback(with_services(admin::list_keys));
    keys->add_subcommand("rotate", "make a new signing key; the old one still verifies")->callback([&chosen] { chosen = admin::rotate_key; });
    auto* generate = keys->add_subcommand("generate", "draw secrets for settings: MASTER_KEY JWT_SECRET METRICS_TOKEN, or PASETO_PRIVATE_KEY");
    generate->add_option("names", given.keys.names, "of settings");
    auto* file = generate->add_option("--file", given.keys.file, "write NAME=value lines to this new file, mode 0600");
    generate->add_option("--folder", given.keys.folder, "write one new file a secret into this folder, mode 0600")->excludes(file);
    generate->callback([&given] { end_with(admin::generate_keys(given.keys)); });

    auto& audit = given.audit;
    auto* log = app.add_subcommand("audit", "the audit log and its seals");
    log->require_subcommand(1);
    auto const with_audit = [&chosen, &audit](int (*command)(services&, admin::audit_arguments const&)) {
        return [&chosen, &audit, command] { chosen = [command, &audit](services& with, config::settings const&) { return command(with, audit); }; };
    };
    auto* verify =
        log->add_subcommand("verify", "compare every row with what was sealed, and name those that were changed, removed, moved or put there");
    verify->add_option("--noted", audit.noted, "a seal that was noted outside, NUMBER:DIGEST, which must be there");
    verify->add_option("--show", audit.findings_max, "how many findings to list");
    verify->callback(with_audit(admin::verify_audit));
    auto* seal = log->add_subcommand("seal", "seal what is old enough; the server does it by itself");
    seal->add_option("--settled", audit.settled_seconds, "seconds after which a row is old enough")->check(CLI::Range(1, 3600));
    seal->callback(with_audit(admin::seal_audit));

    auto* mails = app.add_subcommand("inbox", "the mails of a lab, newest first");
    mails->add_option("--to", inbox.to, "only those to this address");
    mails->add_flag("--token", inbox.token_only, "only the token of the newest link");
    mails->callback([&chosen, &inbox] {
        chosen = [&inbox](services& with, config::settings const& settings) { return admin::show_inbox(with, settings, inbox); };
    });
}

}  // namespace

int main(int argc, char** argv)
{
    arguments given;
    work chosen;
    offline_work chosen_offline;
    auto configured = mb::composition::configure(mb::config::profile::development, "metabuilder-admin", argc, argv,
                                                 [&](CLI::App& app) { declare(app, given, chosen, chosen_offline); });
    if (auto const* exit_code = std::get_if<int>(&configured)) return *exit_code;
    auto const& settings = std::get<mb::config::settings>(configured);
    if (chosen_offline) return chosen_offline(settings);
    auto opened = services::open(settings);
    if (!opened) {
        std::fprintf(stderr, "❌ %s [%s]\n", opened.error().detail.c_str(), opened.error().where);
        return 1;
    }
    return chosen(**opened, settings);
}
