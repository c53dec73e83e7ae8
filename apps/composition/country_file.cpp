#include "apps/composition/country_file.hpp"

#include "adapters/config/problems.hpp"
#include "adapters/maxminddb/maxminddb_country_lookup.hpp"
#include "adapters/memory/shared/memory_country_lookup.hpp"

#include <utility>

namespace mb::composition {

using maxminddb::maxminddb_country_lookup;

struct country_file::parts {
    memory::memory_country_lookup none;
    std::unique_ptr<maxminddb_country_lookup> file;
};

std::vector<std::string> country_file::judge(config::settings const& settings)
{
    config::problems wrong(settings.tongue);
    if (settings.country_file.empty()) return {};
    if (auto const read = maxminddb_country_lookup::open(settings.country_file, maxminddb::file_bytes_usual_max); !read) {
        if (read.error().code == errc::unavailable)
            wrong.add("GEOIP_DB", {"nombra un archivo que no se puede leer: compruebe la ruta y los permisos",
                                   "names a file that can't be read: look at the path and its permissions"});
        else
            wrong.add("GEOIP_DB",
                      {"no es una base de datos MMDB, o está dañada: descárguela de nuevo", "is no MMDB database, or is broken: download it again"});
    }
    return std::move(wrong).take();
}

outcome<std::unique_ptr<country_file>> country_file::open(config::settings const& settings)
{
    auto made = std::make_unique<parts>();
    if (!settings.country_file.empty()) {
        MB_TRY(made->file, maxminddb_country_lookup::open(settings.country_file, maxminddb::file_bytes_usual_max));
    }
    return std::unique_ptr<country_file>(new country_file(std::move(made)));
}

country_file::country_file(std::unique_ptr<parts> made) : parts_(std::move(made)) {}
country_file::~country_file() = default;

ports::country_lookup const& country_file::countries() const noexcept
{
    if (parts_->file) return *parts_->file;
    return parts_->none;
}

void country_file::renew(log::logger& log)
{
    if (!parts_->file) return;
    if (auto const done = parts_->file->renew(); !done)
        log.error("countries", "", "country database not read, the old one stays", {{"where", done.error().where}, {"detail", done.error().detail}});
    else
        log.info("countries", "", "country database read again");
}

}  // namespace mb::composition
