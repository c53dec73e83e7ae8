#include "apps/composition/backup.hpp"

#include "adapters/backup/age.hpp"
#include "adapters/backup/archive.hpp"
#include "adapters/sql/migrations.hpp"
#include "adapters/sqlite/backup.hpp"
#include "adapters/sqlite/dialect.hpp"
#include "adapters/sqlite/sqlite_store.hpp"
#include "apps/composition/services.hpp"
#include "apps/composition/version.hpp"
#include "core/usecases/operations/end_restored_sessions.hpp"
#include "core/usecases/operations/record_backup.hpp"

#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

namespace mb::composition {
namespace {

namespace fs = std::filesystem;
constexpr char const* engine = "sqlite";

/// A file that is gone with its owner, unless it got another name.
class draft {
public:
    explicit draft(std::string path) : path_(std::move(path)) {}
    ~draft()
    {
        std::error_code ignored;
        // SQLite's files beside it, too
        for (auto const* suffix : {"", "-wal", "-shm", "-journal"}) fs::remove(path_ + suffix, ignored);
    }
    draft(draft const&) = delete;
    draft& operator=(draft const&) = delete;
    std::string const& path() const noexcept { return path_; }

private:
    std::string path_;
};

outcome<void> require_file(std::string const& database)
{
    if (database.empty()) return error{errc::unavailable, "composition.backup", "a database in memory has no backups"};
    std::error_code failed;
    if (!fs::is_regular_file(database, failed)) return error{errc::unavailable, "composition.backup", database + ": no database"};
    return {};
}

/// "20261121T133000Z": sorts as time does.
std::string name_at(instant when, bool encrypted)
{
    auto text = format_rfc3339(std::chrono::floor<std::chrono::seconds>(when));
    text.erase(text.find('.'));
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return "metabuilder-" + text + "Z.backup" + (encrypted ? ".age" : "");
}

/// A copy of one moment, as a file that nobody else can open: it has no name any more.
outcome<backup::descriptor> snapshot_of(std::string const& database)
{
    draft const copy(database + ".snapshot-" + std::to_string(::getpid()));
    MB_CHECK(sqlite::back_up(database, copy.path()));
    return backup::open_to_read(copy.path());
}

outcome<backup::extent> write_encrypted(backup::manifest const& about, backup::content_source const& content, std::vector<std::string> const& recipients,
                                        backup::descriptor const& to)
{
    MB_TRY(auto age, backup::encrypt_with_age(recipients, to));
    auto made = backup::write_archive(about, content, age.pipe);
    age.pipe.close();
    // where age has left, what it said is worth more than the broken pipe
    MB_CHECK(age.program.wait());
    return made;
}

outcome<backup::extent> read_encrypted(std::string const& identity_file, backup::descriptor const& from, backup::manifest_judge const& judge,
                                       backup::descriptor const& to)
{
    MB_TRY(auto age, backup::decrypt_with_age(identity_file, from));
    auto const source = [&](std::span<char> into) -> outcome<std::size_t> {
        MB_TRY(auto const bytes, age.pipe.read(into));
        if (bytes == 0) MB_CHECK(age.program.wait());
        return bytes;
    };
    return backup::read_archive(source, judge, to);
}

/// Reads a backup into a file of its own, which is a database only where nothing is returned but success.
outcome<backup::manifest> unpack(restore_wanted const& wanted, std::string const& into)
{
    MB_TRY(auto const encrypted, backup::is_encrypted(wanted.file));
    if (encrypted && !wanted.identity_file)
        return error{errc::unavailable, "composition.restore", "the backup is encrypted: name the file of its key with --identity"};
    MB_TRY(auto const from, backup::open_to_read(wanted.file));
    MB_TRY(auto const to, backup::make_private_file(into));
    backup::manifest about;
    auto const judge = [&](backup::manifest const& said) -> outcome<void> {
        about = said;
        if (said.engine != engine) return error{errc::corrupt, "composition.restore", "the backup is one of " + said.engine + ", the configuration says " + engine};
        auto const known = sqlite::dialect{}.migrations().size();
        if (static_cast<std::size_t>(said.schema) > known)
            return error{errc::corrupt, "composition.restore",
                         "the backup has schema " + std::to_string(said.schema) + ", this program knows " + std::to_string(known) + ": install version " + said.program
                             + " or later"};
        return {};
    };
    if (encrypted)
        MB_CHECK(read_encrypted(*wanted.identity_file, from, judge, to));
    else
        MB_CHECK(backup::read_archive([&](std::span<char> piece) { return from.read(piece); }, judge, to));
    MB_CHECK(to.sync());
    return about;
}

/// Everything that a restored database must pass before it stands where servers look for it.
outcome<std::size_t> make_ready(config::settings const& settings, std::string const& candidate)
{
    MB_TRY(auto const opened, services::open_file(settings, candidate));
    MB_CHECK(opened->check_integrity());
    MB_CHECK(opened->migrate());
    if (auto const keys = ports::read(opened->store(), [](ports::transaction& tx) { return tx.signing_keys().list(); }); !keys)
        return error{errc::corrupt, "composition.restore", "its keys can't be read: was it made under another MASTER_KEY? (" + keys.error().detail + ")"};
    usecases::end_restored_sessions const end_sessions(opened->store(), opened->clock(), opened->random());
    return end_sessions(own_origin(opened->random(), opened->clock().now()));
}

}  // namespace

outcome<backup_written> back_up(config::settings const& settings, backup_wanted const& wanted)
{
    if (settings.postgresql) return error{errc::unavailable, "composition.backup", "DATABASE_URL names PostgreSQL: back it up with pg_dump"};
    MB_CHECK(require_file(settings.database_path));
    MB_TRY(auto const opened, services::open(settings));
    auto const now = opened->clock().now();
    std::error_code ignored;
    auto const path = fs::is_directory(wanted.file, ignored) ? (fs::path(wanted.file) / name_at(now, !wanted.recipients.empty())).string() : wanted.file;
    if (fs::exists(fs::symlink_status(path, ignored))) return error{errc::unavailable, "composition.backup", path + ": exists already"};
    MB_TRY(auto const schema, opened->database().schema_status());
    MB_CHECK(opened->require_current_schema());

    draft const target(path + ".partial-" + std::to_string(::getpid()));
    MB_TRY(auto const file, backup::make_private_file(target.path()));
    MB_TRY(auto const snapshot, snapshot_of(settings.database_path));
    backup::manifest const about{version, engine, schema.stored, now};
    auto const content = [&](std::span<char> into) { return snapshot.read(into); };
    MB_TRY(auto const made, wanted.recipients.empty() ? backup::write_archive(about, content, file)
                                                      : write_encrypted(about, content, wanted.recipients, file));
    MB_CHECK(file.sync());
    usecases::record_backup const record(opened->store(), opened->clock(), opened->random());
    MB_CHECK(record({made.bytes, made.sha256, !wanted.recipients.empty()}, own_origin(opened->random(), opened->clock().now())));
    MB_CHECK(backup::publish(target.path(), path));
    return backup_written{path, made.bytes, made.sha256};
}

outcome<restored> restore(config::settings const& settings, restore_wanted const& wanted)
{
    if (settings.postgresql) return error{errc::unavailable, "composition.restore", "DATABASE_URL names PostgreSQL: restore it with pg_restore"};
    auto const& database = settings.database_path;
    if (database.empty()) return error{errc::unavailable, "composition.restore", "a database in memory has no backups"};
    if (sqlite::is_in_use(database)) return error{errc::busy, "composition.restore", "stop the server first: it has " + database + " open"};
    draft const candidate(database + ".restoring-" + std::to_string(::getpid()));
    MB_TRY(auto const about, unpack(wanted, candidate.path()));
    MB_TRY(auto const ended, make_ready(settings, candidate.path()));
    if (sqlite::is_in_use(database)) return error{errc::busy, "composition.restore", "a server was started meanwhile: it has " + database + " open"};
    MB_CHECK(sqlite::put_in_place(candidate.path(), database));
    return restored{about.program, about.created, ended};
}

}  // namespace mb::composition
