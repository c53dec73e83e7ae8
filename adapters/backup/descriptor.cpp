#include "adapters/backup/descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace mb::backup {
namespace {

constexpr char const* in_file = "backup.file";

error refused(std::string const& what) { return {errc::unavailable, in_file, what + ": " + std::strerror(errno)}; }

}  // namespace

outcome<std::size_t> descriptor::read(std::span<char> into) const
{
    for (;;) {
        auto const bytes = ::read(number(), into.data(), into.size());
        if (bytes >= 0) return static_cast<std::size_t>(bytes);
        if (errno != EINTR) return refused("reading");
    }
}

outcome<void> descriptor::write(std::string_view bytes) const
{
    while (!bytes.empty()) {
        auto const sent = ::write(number(), bytes.data(), bytes.size());
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return refused("writing");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return {};
}

outcome<void> descriptor::sync() const
{
    if (::fsync(number()) != 0) return refused("writing");
    return {};
}

outcome<pipe_ends> make_pipe()
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return refused("pipe");
    return pipe_ends{descriptor{ends[0]}, descriptor{ends[1]}};
}

outcome<descriptor> open_to_read(std::string const& path)
{
    descriptor opened{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!opened.is_open()) return refused(path);
    return opened;
}

outcome<descriptor> open_to_write(std::string const& path)
{
    descriptor opened{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
    if (!opened.is_open()) return refused(path);
    return opened;
}

outcome<descriptor> make_private_file(std::string const& path)
{
    descriptor made{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR)};
    if (!made.is_open()) return refused(path);
    return made;
}

outcome<void> publish(std::string const& draft, std::string const& path)
{
    // link() never replaces anything, unlike rename()
    if (::link(draft.c_str(), path.c_str()) != 0) return refused(path);
    ::unlink(draft.c_str());
    auto folder = std::filesystem::path(path).parent_path();
    if (folder.empty()) folder = ".";
    descriptor const holds{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (!holds.is_open()) return refused(folder.string());
    return holds.sync();
}

}  // namespace mb::backup
