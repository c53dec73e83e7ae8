#include "adapters/sqlite/file.hpp"

#include "adapters/posix/descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace mb::sqlite {
namespace {

constexpr char const* opening = "sqlite.open";
constexpr std::size_t header_bytes = 100;  // https://www.sqlite.org/fileformat.html section 1.3
using header = std::array<unsigned char, header_bytes>;

error refused(int reason) { return {errc::unavailable, opening, std::strerror(reason)}; }

error damaged(char const* how) { return {errc::corrupt, opening, std::string(how) + ": restore a backup with metabuilder-admin restore"}; }

std::uint32_t number_at(header const& from, std::size_t at) noexcept
{
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) number = number << 8 | from[at + i];
    return number;
}

std::uint64_t page_bytes(header const& from) noexcept
{
    auto const stored = static_cast<std::uint32_t>(from[16] << 8 | from[17]);
    return stored == 1 ? 65'536 : stored;
}

/// Whether a log waits to be read: then the file alone says nothing about its size.
bool has_log(std::string const& path) noexcept
{
    struct stat log {};
    return ::stat((path + "-wal").c_str(), &log) == 0 && log.st_size > 0;
}

}  // namespace

outcome<void> prepare_file(std::string const& path)
{
    posix::descriptor const file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)};
    if (!file.is_open()) return refused(errno);
    struct stat status {};
    if (::fstat(file.number(), &status) != 0) return refused(errno);
    if (!S_ISREG(status.st_mode)) return error{errc::unavailable, opening, "not a regular file"};
    if (status.st_size == 0) return {};

    header read{};
    auto const bytes = ::pread(file.number(), read.data(), read.size(), 0);
    if (bytes < 0) return refused(errno);
    constexpr std::string_view magic{"SQLite format 3\0", 16};
    if (static_cast<std::size_t>(bytes) < read.size() || std::memcmp(read.data(), magic.data(), magic.size()) != 0)
        return damaged("the file is no database of SQLite");
    bool const size_is_valid = number_at(read, 24) == number_at(read, 92);  // else an old program wrote it last
    if (size_is_valid && !has_log(path) && number_at(read, 28) * page_bytes(read) > static_cast<std::uint64_t>(status.st_size))
        return damaged("the file was cut short");
    return {};
}

}  // namespace mb::sqlite
