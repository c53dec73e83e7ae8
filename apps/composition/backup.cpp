#include "apps/composition/backup.hpp"

#include "adapters/backup/age.hpp"
#include "adapters/backup/archive.hpp"
#include "adapters/postgres/dialect.hpp"
#include "adapters/sqlite/backup.hpp"
#include "adapters/sqlite/dialect.hpp"
#include "apps/composition/postgres_copy.hpp"
#include "apps/composition/services.hpp"
#include "apps/composition/version.hpp"
#include "core/usecases/operations/end_restored_sessions.hpp"
#include "core/usecases/operations/record_backup.hpp"

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

namespace mb::composition {
namespace {

namespace fs = std::filesystem;

char const* engine_of(config::settings const& settings) { return settings.postgresql ? "postgresql" : "sqlite"; }

std::size_t known_schema(config::settings const& settings)
{
    return settings.postgresql ? postgres::dialect{}.migrations().size() : sqlite::dialect{}.migrations().size();
}

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

outcome<void> require_file(config::settings const& settings)
{
    if (settings.postgresql) return {};
    auto const& database = settings.database_path;
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

/// A copy of one moment. SQLite's is a file that nobody else can open: it has no name any more.
outcome<backup::content_source> content_of(config::settings const& settings)
{
    if (settings.postgresql) {
        MB_TRY(auto const database, postgres_copy::of(*settings.postgresql));
        return database.dump();
    }
    draft const copy(settings.database_path + ".snapshot-" + std::to_string(::getpid()));
    MB_CHECK(sqlite::back_up(settings.database_path, copy.path()));
    MB_TRY(auto opened, backup::open_to_read(copy.path()));
    auto const file = std::make_shared<backup::descriptor>(std::move(opened));
    return backup::content_source{[file](std::span<char> into) { return file->read(into); }};
}

outcome<backup::extent> write_encrypted(backup::manifest const& about, backup::content_source const& content,
                                        std::vector<std::string> const& recipients, backup::descriptor const& to)
{
    MB_TRY(auto age, backup::encrypt_with_age(recipients, to));
    auto made = backup::write_archive(about, content, age.pipe);
    age.pipe.close();
    // where age has left, what it said is worth more than the broken pipe
    MB_CHECK(age.program.wait());
    return made;
}

/// Reads a backup to its end, decrypted where it is encrypted, and leaves its content at `to`.
outcome<backup::manifest> unpack(config::settings const& settings, restore_wanted const& wanted, backup::descriptor const& to)
{
    constexpr char const* where = "composition.restore";
    MB_TRY(auto const encrypted, backup::is_encrypted(wanted.file));
    if (encrypted && !wanted.identity_file)
        return error{errc::unavailable, where, "the backup is encrypted: name the file of its key with --identity"};
    MB_TRY(auto const from, backup::open_to_read(wanted.file));
    backup::manifest about;
    auto const judge = [&](backup::manifest const& said) -> outcome<void> {
        about = said;
        auto const* const engine = engine_of(settings);
        if (said.engine != engine) return error{errc::corrupt, where, "the backup is one of " + said.engine + ", the configuration says " + engine};
        if (auto const known = known_schema(settings); static_cast<std::size_t>(said.schema) > known)
            return error{errc::corrupt, where,
                         "the backup has schema " + std::to_string(said.schema) + ", this program knows " + std::to_string(known)
                             + ": install version " + said.program + " or later"};
        return {};
    };
    if (!encrypted) {
        MB_CHECK(backup::read_archive([&](std::span<char> piece) { return from.read(piece); }, judge, to));
        return about;
    }
    MB_TRY(auto age, backup::decrypt_with_age(*wanted.identity_file, from));
    auto const source = [&](std::span<char> into) -> outcome<std::size_t> {
        MB_TRY(auto const bytes, age.pipe.read(into));
        if (bytes == 0) MB_CHECK(age.program.wait());
        return bytes;
    };
    MB_CHECK(backup::read_archive(source, judge, to));
    return about;
}

/// Everything that a restored database must pass before servers may use it. @return how many sessions were ended
outcome<std::size_t> make_ready(services& opened)
{
    MB_CHECK(opened.check_integrity());
    MB_CHECK(opened.migrate());
    if (auto const keys = ports::read(opened.store(), [](ports::transaction& tx) { return tx.signing_keys().list(); }); !keys)
        return error{errc::corrupt, "composition.restore",
                     "its keys can't be read: was it made under another MASTER_KEY? (" + keys.error().detail + ")"};
    usecases::end_restored_sessions const end_sessions(opened.store(), opened.clock(), opened.random());
    return end_sessions(own_origin(opened.random(), opened.clock().now()));
}

outcome<restored> restore_file(config::settings const& settings, restore_wanted const& wanted)
{
    auto const& database = settings.database_path;
    if (database.empty()) return error{errc::unavailable, "composition.restore", "a database in memory has no backups"};
    if (sqlite::is_in_use(database)) return error{errc::busy, "composition.restore", "stop the server first: it has " + database + " open"};
    draft const candidate(database + ".restoring-" + std::to_string(::getpid()));
    backup::manifest about;
    {
        MB_TRY(auto const to, backup::make_private_file(candidate.path()));
        MB_TRY(about, unpack(settings, wanted, to));
        MB_CHECK(to.sync());
    }
    std::size_t ended = 0;
    {
        MB_TRY(auto const opened, services::open_file(settings, candidate.path()));
        MB_TRY(ended, make_ready(*opened));
    }
    if (sqlite::is_in_use(database)) return error{errc::busy, "composition.restore", "a server was started meanwhile: it has " + database + " open"};
    MB_CHECK(sqlite::put_in_place(candidate.path(), database));
    return restored{about.program, about.created, ended};
}

/// Reads the backup twice: once to know that it is whole, and once into the database, so that it never lies in clear on a disk.
outcome<restored> restore_postgresql(config::settings const& settings, restore_wanted const& wanted)
{
    MB_TRY(auto const database, postgres_copy::of(*settings.postgresql));
    MB_CHECK(database.require_unused());
    MB_CHECK(database.require_empty());
    MB_TRY(auto const nowhere, backup::open_to_write("/dev/null"));
    MB_CHECK(unpack(settings, wanted, nowhere));

    MB_TRY(auto into, database.begin_restore());
    MB_TRY(auto const about, unpack(settings, wanted, into.pipe));
    into.pipe.close();
    MB_CHECK(into.program.wait());
    auto const ended = [&]() -> outcome<std::size_t> {
        MB_TRY(auto const opened, services::open(settings));
        return make_ready(*opened);
    }();
    if (!ended) {
        // nobody may start a server on sessions that were not ended
        MB_CHECK(database.drop());
        return ended.error();
    }
    return restored{about.program, about.created, *ended};
}

}  // namespace

outcome<backup_written> back_up(config::settings const& settings, backup_wanted const& wanted)
{
    MB_CHECK(require_file(settings));
    MB_TRY(auto const opened, services::open(settings));
    auto const now = opened->clock().now();
    std::error_code ignored;
    auto const path =
        fs::is_directory(wanted.file, ignored) ? (fs::path(wanted.file) / name_at(now, !wanted.recipients.empty())).string() : wanted.file;
    if (fs::exists(fs::symlink_status(path, ignored))) return error{errc::unavailable, "composition.backup", path + ": exists already"};
    MB_CHECK(opened->require_current_schema());

    draft const target(path + ".partial-" + std::to_string(::getpid()));
    MB_TRY(auto const file, backup::make_private_file(target.path()));
    MB_TRY(auto const content, content_of(settings));
    // the schema is the current one: it was required above
    backup::manifest const about{version, engine_of(settings), static_cast<int>(known_schema(settings)), now};
    MB_TRY(auto const made,
           wanted.recipients.empty() ? backup::write_archive(about, content, file) : write_encrypted(about, content, wanted.recipients, file));
    MB_CHECK(file.sync());
    usecases::record_backup const record(opened->store(), opened->clock(), opened->random());
    MB_CHECK(record({made.bytes, made.sha256, !wanted.recipients.empty()}, own_origin(opened->random(), opened->clock().now())));
    MB_CHECK(backup::publish(target.path(), path));
    return backup_written{path, made.bytes, made.sha256};
}

outcome<restored> restore(config::settings const& settings, restore_wanted const& wanted)
{
    return settings.postgresql ? restore_postgresql(settings, wanted) : restore_file(settings, wanted);
}

}  // namespace mb::composition
