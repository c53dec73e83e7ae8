#pragma once

#include "adapters/config/settings.hpp"
#include "adapters/log/logger.hpp"
#include "core/domain/base/outcome.hpp"
#include "ports/country_lookup.hpp"

#include <memory>
#include <string>
#include <vector>

namespace mb::composition {

/// What GEOIP_DB says: the file that it names, or nobody who knows a country.
class country_file {
public:
    /// What is wrong with the file, in the configured language, with the variable and the remedy; empty where nothing is.
    static std::vector<std::string> judge(config::settings const& settings);
    /// @error as maxminddb_country_lookup::open
    static outcome<std::unique_ptr<country_file>> open(config::settings const& settings);
    ~country_file();

    ports::country_lookup const& countries() const noexcept;
    /// Reads the file again, and logs how that went. Where it failed the old one stays; without a file nothing happens.
    void renew(log::logger& log);

private:
    struct parts;
    explicit country_file(std::unique_ptr<parts> made);
    std::unique_ptr<parts> parts_;
};

}  // namespace mb::composition
