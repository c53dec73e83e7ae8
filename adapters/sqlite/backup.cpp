#include "adapters/sqlite/backup.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace mb::sqlite {
namespace {

namespace fs = std::filesystem;

/// The byte of the shared-memory file that every open connection of a WAL database holds (SQLite's "dead man switch").
constexpr off_t open_connection_byte = 128;

outcome<void> move(fs::path const& from, fs::path const& to)
{
    std::error_code failed;
    fs::rename(from, to, failed);
    if (failed) return error{errc::unavailable, "sqlite.restore", from.string() + ": " + failed.message()};
    return {};
}

}  // namespace

outcome<void> back_up(std::string const& database, std::string const& target)
try {
    // VACUUM INTO takes an empty file: made first, so that nobody else can read it for a moment
    int const made = ::open(target.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (made < 0) return error{errc::unavailable, "sqlite.backup", target + ": " + std::strerror(errno)};
    ::close(made);
    SQLite::Database source(database, SQLite::OPEN_READONLY, 5000);
    SQLite::Statement copy(source, "VACUUM INTO ?");
    copy.bind(1, target);
    copy.exec();
    return {};
} catch (SQLite::Exception const& failure) {
    std::error_code ignored;
    fs::remove(target, ignored);
    return error{errc::corrupt, "sqlite.backup", failure.what()};
}

bool is_in_use(std::string const& database) noexcept
{
    int const shared = ::open((database + "-shm").c_str(), O_RDWR | O_CLOEXEC);
    if (shared < 0) return false;
    struct flock wanted {};
    wanted.l_type = F_WRLCK;
    wanted.l_whence = SEEK_SET;
    wanted.l_start = open_connection_byte;
    wanted.l_len = 1;
    bool const held = ::fcntl(shared, F_GETLK, &wanted) == 0 && wanted.l_type != F_UNLCK;
    ::close(shared);
    return held;
}

outcome<void> put_in_place(std::string const& copy, std::string const& database)
{
    std::error_code ignored;
    if (fs::exists(database, ignored)) MB_CHECK(move(database, database + ".before-restore"));
    // a log of the old file must not be played into the new one
    for (auto const* leftover : {"-wal", "-shm"}) fs::remove(database + leftover, ignored);
    return move(copy, database);
}

}  // namespace mb::sqlite
