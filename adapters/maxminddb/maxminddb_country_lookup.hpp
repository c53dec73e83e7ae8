#pragma once

#include "core/domain/base/outcome.hpp"
#include "ports/country_lookup.hpp"

#include <cstddef>
#include <memory>
#include <mutex>

namespace mb::maxminddb {

/// The largest databases that are sold are below it.
constexpr std::size_t file_bytes_usual_max = 512 * 1024 * 1024;

/// Looks countries up in a file of the MaxMind DB format, version 2: GeoLite2 Country or City, DB-IP (member country.iso_code), IPinfo
/// (member country_code). Works on a copy in memory: whatever happens to the file, it is read again only by renew().
class maxminddb_country_lookup final : public ports::country_lookup {
public:
    /// @error unavailable  the file can't be read, is no regular one, or is above the limit. @error corrupt  it has another format, or knows
    ///                     no countries. The detail doesn't name the file.
    static outcome<std::unique_ptr<maxminddb_country_lookup>> open(std::string path, std::size_t file_bytes_max);
    ~maxminddb_country_lookup() override;

    std::optional<std::string> country_of(std::string_view address_bytes) const override;

    /// Reads the file again. Where that fails, the old one stays. @error as open()
    outcome<void> renew();

private:
    class database;
    maxminddb_country_lookup(std::string path, std::size_t file_bytes_max, std::shared_ptr<database const> read);

    std::string const path_;
    std::size_t const file_bytes_max_;
    mutable std::mutex mutex_;
    std::shared_ptr<database const> current_;
};

}  // namespace mb::maxminddb
