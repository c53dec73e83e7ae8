#pragma once

#include "adapters/config/settings.hpp"
#include "apps/composition/database.hpp"
#include "apps/composition/policies.hpp"
#include "apps/composition/shared_memory.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/notify/message.hpp"
#include "core/usecases/access/access_cache.hpp"
#include "core/usecases/access/catalogue_cache.hpp"
#include "core/usecases/access/marking_store.hpp"
#include "core/usecases/access/recent_uses.hpp"
#include "core/usecases/operations/anomaly_watch.hpp"
#include "core/usecases/operations/stray_requests.hpp"
#include "ports/clock.hpp"
#include "ports/country_lookup.hpp"
#include "ports/cryptography.hpp"
#include "ports/mailer.hpp"
#include "ports/pattern_compiler.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <memory>
#include <optional>
#include <string>

namespace mb::log {
class logger;
}

namespace mb::composition {

struct use_case_context;

/// The adapters that every executable needs, wired once. The only place that names them.
class services {
public:
    /// Opens the database; migrates nothing. `settings` has its secrets (lab_secrets has filled them in where the profile allows that).
    /// @error as database::open; unexpected where a key is not one.
    static outcome<std::unique_ptr<services>> open(config::settings const& settings);
    /// The same with another file than the configuration's.
    static outcome<std::unique_ptr<services>> open_file(config::settings const& settings, std::string const& path);
    ~services();

    ports::clock const& clock() const noexcept { return *clock_; }
    ports::randomness const& random() const noexcept { return *random_; }
    ports::digester const& digests() const noexcept { return *digests_; }
    ports::password_hasher const& hasher() const noexcept { return *hasher_; }
    ports::password_judge const& judge() const noexcept { return *judge_; }
    ports::token_codec const& codec() const noexcept { return *codec_; }
    ports::pattern_compiler const& patterns() const noexcept { return *patterns_; }
    shared_memory& shared() noexcept { return *shared_; }
    ports::store& store() noexcept;
    composition::database& database() noexcept { return *database_; }
    /// Null where each request asks the database who it comes from.
    usecases::access_cache const* accesses() const noexcept { return accesses_.get(); }
    usecases::catalogue_cache& catalogues() noexcept { return *catalogues_; }
    usecases::recent_uses& recent_uses() noexcept { return recent_uses_; }
    usecases::stray_requests& strays() noexcept { return strays_; }
    usecases::anomaly_watch& watch() noexcept { return *watch_; }

    /// All of it for the use cases of a server.
    use_case_context context(log::logger& log, ports::country_lookup const& countries) noexcept;

    /// Runs the migrations that are missing. @error corrupt  the schema is newer than this program, or was altered.
    outcome<void> migrate();
    /// @error corrupt  the schema is not the one that this program needs.
    outcome<void> require_current_schema();
    /// Reads the whole database. @error corrupt  what it found.
    outcome<void> check_integrity();

private:
    services();
    /// @param file  to be opened in the place of DATABASE_URL
    static outcome<std::unique_ptr<services>> open_at(config::settings const& settings, std::optional<std::string> const& file);

    std::unique_ptr<ports::clock> clock_;
    std::unique_ptr<ports::randomness> random_;
    std::unique_ptr<ports::digester> digests_;
    std::unique_ptr<ports::sealer> sealer_;
    std::unique_ptr<ports::password_hasher> hasher_;
    std::unique_ptr<ports::password_judge> judge_;
    std::unique_ptr<ports::token_codec> codec_;
    std::unique_ptr<ports::pattern_compiler> patterns_;
    std::unique_ptr<shared_memory> shared_;
    std::unique_ptr<composition::database> database_;
    std::unique_ptr<usecases::marking_store> marking_;  ///< before the database, where replicas share marks
    std::unique_ptr<usecases::access_cache> accesses_;
    std::unique_ptr<usecases::catalogue_cache> catalogues_;
    usecases::recent_uses recent_uses_;
    usecases::stray_requests strays_;
    std::unique_ptr<usecases::anomaly_watch> watch_;
};

/// The link that a mail carries.
std::string link_of(config::settings const& settings, notify::message const& mail);

/// An origin for what the server or the operator does by themselves.
audit::origin own_origin(ports::randomness const& random, instant now);

}  // namespace mb::composition
