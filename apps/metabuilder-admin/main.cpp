#include "apps/composition/configure.hpp"
#include "apps/composition/services.hpp"
#include "apps/metabuilder-admin/commands.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <functional>

namespace {

using mb::composition::services;
using work = std::function<int(services&, mb::config::settings const&)>;
using file_work = int (*)(mb::config::settings const&, std::string const&);

/// Declares the commands; the one that was asked for leaves its work in `chosen`.
void declare(CLI::App& app, mb::admin::user_arguments& user, mb::admin::inbox_arguments& inbox, std::string& file, work& chosen,
             file_work& chosen_file)
{
    using namespace mb;
    auto const with_services = [&chosen](int (*command)(services&)) {
        return [&chosen, command] { chosen = [command](services& with, config::settings const&) { return command(with); }; };
    };
    auto const with_user = [&chosen, &user](int (*command)(services&, admin::user_arguments const&)) {
        return [&chosen, &user, command] { chosen = [command, &user](services& with, config::settings const&) { return command(with, user); }; };
    };
    app.require_subcommand(1);

    auto* migrate = app.add_subcommand("migrate", "bring the database's schema up to date");
    migrate->add_subcommand("status", "say whether it is")->callback(with_services(admin::show_schema));
    migrate->add_subcommand("up", "run the migrations that are missing")->callback(with_services(admin::migrate));
    migrate->require_subcommand(1);
    app.add_subcommand("check", "read the whole database and say whether it is sound")->callback(with_services(admin::check_integrity));

    auto* backup = app.add_subcommand("backup", "write a whole copy of the database, while it is used");
    backup->add_option("file", file)->required();
    backup->callback([&chosen_file] { chosen_file = admin::back_up; });
    auto* restore = app.add_subcommand("restore", "put a copy in the place of the database, and end the sessions in it; stop the server first");
    restore->add_option("file", file)->required();
    restore->callback([&chosen_file] { chosen_file = admin::restore; });

    auto* users = app.add_subcommand("user", "accounts");
    users->require_subcommand(1);
    auto* create = users->add_subcommand("create", "make a verified account; the password is one line of standard input");
    create->add_option("--email", user.email)->required();
    create->add_option("--username", user.username);
    create->add_option("--role", user.roles)->required();
    create->callback([&chosen, &user] {
        chosen = [&user](services& with, config::settings const& settings) { return admin::create_user(with, settings, user); };
    });
    auto* roles = users->add_subcommand("roles", "set the roles of an account");
    roles->add_option("--email", user.email)->required();
    roles->add_option("--role", user.roles)->required();
    roles->callback(with_user(admin::set_roles));
    auto* unlock = users->add_subcommand("unlock", "lift the lockout of an account");
    unlock->add_option("--email", user.email)->required();
    unlock->callback(with_user(admin::unlock_user));

    auto* keys = app.add_subcommand("keys", "signing keys");
    keys->require_subcommand(1);
    keys->add_subcommand("list", "list them")->callback(with_services(admin::list_keys));
    keys->add_subcommand("rotate", "make a new one; the old one still verifies")->callback([&chosen] { chosen = admin::rotate_key; });

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
    mb::admin::user_arguments user;
    mb::admin::inbox_arguments inbox;
    std::string file;
    work chosen;
    file_work chosen_file = nullptr;
    auto configured = mb::composition::configure(mb::config::profile::development, "metabuilder-admin", argc, argv,
                                                 [&](CLI::App& app) { declare(app, user, inbox, file, chosen, chosen_file); });
    if (auto const* exit_code = std::get_if<int>(&configured)) return *exit_code;
    auto const& settings = std::get<mb::config::settings>(configured);
    if (chosen_file != nullptr) return chosen_file(settings, file);
    auto opened = services::open(settings);
    if (!opened) {
        std::fprintf(stderr, "❌ %s [%s]\n", opened.error().detail.c_str(), opened.error().where);
        return 1;
    }
    return chosen(**opened, settings);
}
