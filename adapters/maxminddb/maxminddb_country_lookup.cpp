#include "adapters/maxminddb/maxminddb_country_lookup.hpp"

#include "adapters/posix/descriptor.hpp"
#include "core/domain/base/address.hpp"
#include "core/domain/identity/habits.hpp"

#include <fcntl.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <system_error>
#include <utility>

namespace mb::maxminddb {
namespace {

constexpr char const* where = "maxminddb.open";

error failed(int number) { return error{errc::unavailable, where, std::generic_category().message(number)}; }
error malformed(char const* why) { return error{errc::corrupt, where, why}; }

/// The library maps files: one that is written over while it is mapped would end the process, so it gets a copy that nobody else has.
outcome<std::string> copy_in_memory(std::string const& path, std::size_t bytes_max, posix::descriptor const& copy)
{
    posix::descriptor const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat about {};
    if (!file.is_open() || !copy.is_open() || ::fstat(file.number(), &about) != 0) return failed(errno);
    if (!S_ISREG(about.st_mode)) return error{errc::unavailable, where, "not a regular file"};
    if (static_cast<std::uint64_t>(about.st_size) > bytes_max) return error{errc::unavailable, where, "the file is too large"};
    for (auto left = static_cast<std::size_t>(about.st_size); left > 0;) {
        auto const sent = ::sendfile(copy.number(), file.number(), nullptr, left);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return failed(errno);
        if (sent == 0) break;  // it became shorter: its end is missing, which the library sees
        left -= static_cast<std::size_t>(sent);
    }
    return "/proc/self/fd/" + std::to_string(copy.number());
}

std::optional<std::string> text_at(MMDB_entry_s entry, char const* const* path)
{
    MMDB_entry_data_s found{};
    if (MMDB_aget_value(&entry, &found, path) != MMDB_SUCCESS || !found.has_data || found.type != MMDB_DATA_TYPE_UTF8_STRING) return std::nullopt;
    std::string_view const text{found.utf8_string, found.data_size};
    return identity::is_country_code(text) ? std::optional(std::string(text)) : std::nullopt;
}

/// An address as the library wants it.
struct socket_address {
    sockaddr_storage storage{};
    sockaddr const* get() const noexcept { return reinterpret_cast<sockaddr const*>(&storage); }
};

std::optional<socket_address> address_of(std::string_view bytes)
{
    bytes = unmapped(bytes);
    socket_address made;
    if (bytes.size() == 4) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        std::memcpy(&v4.sin_addr, bytes.data(), bytes.size());
        std::memcpy(&made.storage, &v4, sizeof v4);
        return made;
    }
    if (bytes.size() != 16) return std::nullopt;
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    std::memcpy(&v6.sin6_addr, bytes.data(), bytes.size());
    std::memcpy(&made.storage, &v6, sizeof v6);
    return made;
}

}  // namespace

class maxminddb_country_lookup::database {
public:
    static outcome<std::shared_ptr<database const>> open(std::string const& path, std::size_t bytes_max)
    {
        posix::descriptor const copy(::memfd_create("countries", MFD_CLOEXEC));
        MB_TRY(auto const readable, copy_in_memory(path, bytes_max, copy));
        auto made = std::make_shared<database>();
        auto const status = MMDB_open(readable.c_str(), MMDB_MODE_MMAP, &made->file_);
        if (status == MMDB_FILE_OPEN_ERROR || status == MMDB_OUT_OF_MEMORY_ERROR || status == MMDB_IO_ERROR)
            return error{errc::unavailable, where, MMDB_strerror(status)};
        if (status != MMDB_SUCCESS) return malformed(MMDB_strerror(status));
        made->opened_ = true;
        // a file that breaks off is noticed at its first look-ups, not when it is opened
        for (std::string const& probe : {std::string(4, '\0'), std::string(4, '\x7f'), std::string(4, '\xff')})
            if (made->look_up(probe).broken) return malformed("its tree is broken");
        return std::shared_ptr<database const>(std::move(made));
    }

    database() = default;
    database(database const&) = delete;
    database& operator=(database const&) = delete;
    ~database()
    {
        if (opened_) MMDB_close(&file_);
    }

    struct finding {
        std::optional<std::string> country{};
        bool broken = false;
    };
    finding look_up(std::string_view address_bytes) const
    {
        auto const address = address_of(address_bytes);
        if (!address) return {};
        int status = MMDB_SUCCESS;
        auto found = MMDB_lookup_sockaddr(&file_, address->get(), &status);
        if (status != MMDB_SUCCESS) return {{}, status != MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR};
        if (!found.found_entry) return {};
        constexpr std::array<char const*, 3> nested{"country", "iso_code", nullptr};
        constexpr std::array<char const*, 2> flat{"country_code", nullptr};
        auto country = text_at(found.entry, nested.data());
        if (!country) country = text_at(found.entry, flat.data());
        return {std::move(country), false};
    }

private:
    MMDB_s file_{};
    bool opened_ = false;
};

maxminddb_country_lookup::maxminddb_country_lookup(std::string path, std::size_t file_bytes_max, std::shared_ptr<database const> read)
    : path_(std::move(path)),
      file_bytes_max_(file_bytes_max),
      current_(std::move(read))
{
}

maxminddb_country_lookup::~maxminddb_country_lookup() = default;

outcome<std::unique_ptr<maxminddb_country_lookup>> maxminddb_country_lookup::open(std::string path, std::size_t file_bytes_max)
{
    MB_TRY(auto read, database::open(path, file_bytes_max));
    return std::unique_ptr<maxminddb_country_lookup>(new maxminddb_country_lookup(std::move(path), file_bytes_max, std::move(read)));
}

std::optional<std::string> maxminddb_country_lookup::country_of(std::string_view address_bytes) const
{
    std::shared_ptr<database const> held;
    {
        std::scoped_lock const lock(mutex_);
        held = current_;
    }
    return held->look_up(address_bytes).country;
}

outcome<void> maxminddb_country_lookup::renew()
{
    MB_TRY(auto read, database::open(path_, file_bytes_max_));
    std::scoped_lock const lock(mutex_);
    current_.swap(read);
    return {};
}

}  // namespace mb::maxminddb
