#include "apps/admin/commands.hpp"
#include "apps/admin/offline.hpp"
#include "apps/admin/run.hpp"
#include "apps/composition/configure.hpp"
#include "apps/composition/services.hpp"

#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace mb::admin {
namespace {

using composition::argument;
using composition::command;
using composition::services;
using work = std::function<int(services&, config::settings const&)>;
using offline_work = std::function<int(config::settings const&)>;

constexpr auto required = argument::needed::yes;

/// What the commands were given, and what the one that was asked for is to do.
struct asked_for {
    std::optional<std::string> env_file;
    user_arguments user;
    import_arguments import_of;
    inbox_arguments inbox;
    key_arguments keys;
    audit_arguments audit;
    composition::backup_wanted backup;
    composition::restore_wanted restore;
    bool set_up = false;
    work chosen;
    offline_work chosen_offline;
};

std::function<void()> doing(asked_for& given, work what)
{
    return [&given, what = std::move(what)] { given.chosen = what; };
}

std::function<void()> doing(asked_for& given, int (*what)(services&))
{
    return doing(given, [what](services& with, config::settings const&) { return what(with); });
}

template <class Arguments>
std::function<void()> doing(asked_for& given, int (*what)(services&, Arguments const&), Arguments const& with_these)
{
    return doing(given, [what, &with_these](services& with, config::settings const&) { return what(with, with_these); });
}

template <class Arguments>
std::function<void()> doing(asked_for& given, int (*what)(services&, config::settings const&, Arguments const&), Arguments const& with_these)
{
    return doing(given, [what, &with_these](services& with, config::settings const& settings) { return what(with, settings, with_these); });
}

// The commands that find the database themselves, or need none.

command backup_of(asked_for& given)
{
    auto const work = [&given](config::settings const& settings) {
        if (given.backup.recipients.empty()) given.backup.recipients = settings.backup_recipients;
        return admin::back_up(settings, given.backup);
    };
    return {
        .name = "backup",
        .description = "write a whole copy of the database, while it is used",
        .arguments = {{"file", &given.backup.file, "a new file, or a folder: then it is named after the time", required},
                      {"--recipient", &given.backup.recipients, "encrypt it for this public key of age instead of those of BACKUP_AGE_RECIPIENT"}},
        .chosen = [&given, work] { given.chosen_offline = work; }};
}

command restore_of(asked_for& given)
{
    auto const work = [&given](config::settings const& settings) { return admin::restore(settings, given.restore); };
    return {.name = "restore",
            .description = "put a copy in the place of the database, and end the sessions in it; stop the server first",
            .arguments = {{"file", &given.restore.file, "", required},
                          {"--identity", &given.restore.identity_file, "the file of the private key of age, where the copy is encrypted"}},
            .chosen = [&given, work] { given.chosen_offline = work; }};
}

command config_of(asked_for& given)
{
    return {.name = "config",
            .description = "the configuration",
            .commands = {{.name = "check", .description = "say everything that is wrong with it for metabuilder-server", .instead = [&given] {
                              return check_configuration(given.env_file);
                          }}}};
}

command migrate_of(asked_for& given)
{
    command status{.name = "status", .description = "say whether it is", .chosen = doing(given, show_schema)};
    command up{.name = "up",
               .description = "run the migrations that are missing",
               .arguments = {{"--setup", &given.set_up, "and make the roles mb_ddl, mb_app and mb_audit of PostgreSQL with their rights"}},
               .chosen = doing(
                   given, [&given](services& with, config::settings const&) { return given.set_up ? migrate_and_set_up(with) : migrate(with); })};
    return {.name = "migrate", .description = "bring the database's schema up to date", .commands = {std::move(status), std::move(up)}};
}

command import_of(asked_for& given)
{
    auto& import = given.import_of;
    return {
        .name = "import",
        .description = "make the accounts of another system, with the hashes of their passwords; all of the file or nothing",
        .arguments = {{"file", &import.file, "one JSON object a line: email, username, display_name, email_verified, roles, password_hash", required},
                      {"--dry-run", &import.dry_run, "only say what is wrong, and how many there would be"},
                      {"--allow-admin", &import.allow_admin, "let roles that administer be given"},
                      {"--skip-existing", &import.skip_existing, "leave accounts alone that are there already, instead of refusing the file"}},
        .chosen = doing(given, import_users, import)};
}

command users_of(asked_for& given)
{
    auto& user = given.user;
    argument const email{"--email", &user.email, "", required};
    argument const roles{"--role", &user.roles, "", required};
    command create{.name = "create",
                   .description = "make a verified account; the password is one line of standard input",
                   .arguments = {email, {"--username", &user.username, ""}, roles},
                   .chosen = doing(given, create_user, user)};
    command change{
        .name = "roles", .description = "set the roles of an account", .arguments = {email, roles}, .chosen = doing(given, set_roles, user)};
    command unlock{
        .name = "unlock", .description = "lift the lockout of an account", .arguments = {email}, .chosen = doing(given, unlock_user, user)};
    command factor{.name = "remove-factor",
                   .description = "take away the second factor of somebody who lost it; every session of theirs ends",
                   .arguments = {email},
                   .chosen = doing(given, remove_factor, user)};
    return {.name = "user",
            .description = "accounts",
            .commands = {std::move(create), import_of(given), std::move(change), std::move(unlock), std::move(factor)}};
}

command keys_of(asked_for& given)
{
    command list{.name = "list", .description = "list the signing keys", .chosen = doing(given, list_keys)};
    command rotate{.name = "rotate", .description = "make a new signing key; the old one still verifies", .chosen = doing(given, work{rotate_key})};
    command generate{.name = "generate",
                     .description = "draw secrets for settings: MASTER_KEY JWT_SECRET METRICS_TOKEN, or PASETO_PRIVATE_KEY",
                     .arguments = {{"names", &given.keys.names, "of settings"},
                                   {"--file", &given.keys.file, "write NAME=value lines to this new file, mode 0600"},
                                   {.name = "--folder",
                                    .into = &given.keys.folder,
                                    .description = "write one new file a secret into this folder, mode 0600",
                                    .excludes = "--file"}},
                     .instead = [&given] { return generate_keys(given.keys); }};
    return {.name = "keys",
            .description = "signing keys, and secrets for settings",
            .commands = {std::move(list), std::move(rotate), std::move(generate)}};
}

command audit_of(asked_for& given)
{
    auto& audit = given.audit;
    command verify{.name = "verify",
                   .description = "compare every row with what was sealed, and name those that were changed, removed, moved or put there",
                   .arguments = {{"--noted", &audit.noted, "a seal that was noted outside, NUMBER:DIGEST, which must be there"},
                                 {"--show", &audit.findings_max, "how many findings to list"}},
                   .chosen = doing(given, verify_audit, audit)};
    command seal{.name = "seal",
                 .description = "seal what is old enough; the server does it by itself",
                 .arguments = {{.name = "--settled",
                                .into = &audit.settled_seconds,
                                .description = "seconds after which a row is old enough",
                                .within = argument::range{1, 3600}}},
                 .chosen = doing(given, seal_audit, audit)};
    return {.name = "audit", .description = "the audit log and its seals", .commands = {std::move(verify), std::move(seal)}};
}

command inbox_of(asked_for& given)
{
    return {.name = "inbox",
            .description = "the mails of a lab, newest first",
            .arguments = {{"--to", &given.inbox.to, "only those to this address"},
                          {"--token", &given.inbox.token_only, "only the token of the newest link"}},
            .chosen = doing(given, show_inbox, given.inbox)};
}

command line_of(asked_for& given)
{
    command check{.name = "check", .description = "read the whole database and say whether it is sound", .chosen = doing(given, check_integrity)};
    return {.name = "metabuilder-admin",
            .commands = {backup_of(given), restore_of(given), config_of(given), migrate_of(given), std::move(check), users_of(given), keys_of(given),
                         audit_of(given), inbox_of(given)}};
}

}  // namespace

int run(int argc, char const* const* argv)
{
    asked_for given;
    auto configured = composition::configure(config::profile::development, line_of(given), given.env_file, argc, argv);
    if (auto const* exit_code = std::get_if<int>(&configured)) return *exit_code;
    auto const& settings = std::get<config::settings>(configured);
    if (given.chosen_offline) return given.chosen_offline(settings);
    auto opened = services::open(settings);
    if (!opened) {
        std::fprintf(stderr, "❌ %s [%s]\n", opened.error().detail.c_str(), opened.error().where);
        return 1;
    }
    return given.chosen(**opened, settings);
}

}  // namespace mb::admin
