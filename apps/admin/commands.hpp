#pragma once

#include "apps/composition/backup.hpp"
#include "apps/composition/services.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace mb::admin {

// One function a command. Each says what it did on standard output, what went wrong on standard error, and returns the exit code.

int show_schema(composition::services& with);
int migrate(composition::services& with);
/// And makes the roles that a server on PostgreSQL works with.
int migrate_and_set_up(composition::services& with);
int check_integrity(composition::services& with);
// These two need no open database: one may be what they are to replace.
int back_up(config::settings const& settings, composition::backup_wanted const& wanted);
int restore(config::settings const& settings, composition::restore_wanted const& wanted);

struct user_arguments {
    std::string email;
    std::optional<std::string> username;
    std::vector<std::string> roles;
};
/// Reads the password as one line of standard input, so that it is in no process list and no history.
int create_user(composition::services& with, config::settings const& settings, user_arguments const& asked);
int set_roles(composition::services& with, user_arguments const& asked);

struct import_arguments {
    std::string file;
    bool dry_run = false;
    bool allow_admin = false;
    bool skip_existing = false;
};
/// Exit code 1, and a line for each problem, where the file is not good: then no account was made.
int import_users(composition::services& with, config::settings const& settings, import_arguments const& asked);

int unlock_user(composition::services& with, user_arguments const& asked);
/// For who has lost the app and the recovery codes.
int remove_factor(composition::services& with, config::settings const& settings, user_arguments const& asked);

int list_keys(composition::services& with);
int rotate_key(composition::services& with, config::settings const& settings);

struct inbox_arguments {
    std::optional<std::string> to;
    bool token_only = false;
};
/// The mails that the server decided on, newest first: the dev inbox of a lab.
int show_inbox(composition::services& with, config::settings const& settings, inbox_arguments const& asked);

struct audit_arguments {
    std::optional<std::string> noted;  ///< NUMBER:DIGEST of a seal, as verify printed it
    std::size_t findings_max = 100;
    int settled_seconds = 20;
};
/// Compares the audit log with its seals. Exit code 1 where anything was done to it.
int verify_audit(composition::services& with, audit_arguments const& asked);
/// Seals what is old enough, as the server does by itself.
int seal_audit(composition::services& with, audit_arguments const& asked);

}  // namespace mb::admin
