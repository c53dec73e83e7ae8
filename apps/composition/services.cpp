#include "apps/composition/services.hpp"

#include "adapters/openssl/master_key.hpp"
#include "adapters/openssl/openssl_digester.hpp"
#include "adapters/openssl/openssl_sealer.hpp"
#include "adapters/openssl/openssl_token_codec.hpp"
#include "adapters/openssl/password_hashers.hpp"
#include "adapters/openssl/system_randomness.hpp"
#include "adapters/openssl/zxcvbn_judge.hpp"
#include "adapters/re2/re2_pattern_compiler.hpp"
#include "adapters/runtime/system_clock.hpp"
#include "adapters/sqlite/backup.hpp"
#include "adapters/sqlite/sqlite_store.hpp"
#include "core/usecases/operations/end_restored_sessions.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

namespace mb::composition {
namespace {

openssl::password_cost cost_of(config::settings const& settings)
{
    openssl::password_cost cost;
    cost.algorithm =
        settings.password_hash == config::password_algorithm::argon2id ? openssl::password_algorithm::argon2id : openssl::password_algorithm::bcrypt;
    cost.bcrypt = settings.bcrypt_rounds;
    return cost;
}

std::vector<openssl::pepper> peppers_of(config::settings const& settings, openssl::master_key const& master)
{
    std::vector<openssl::pepper> peppers;
    if (settings.password_pepper) peppers.push_back({"own", settings.password_pepper->clone()});
    peppers.push_back({"m1", master.derive("password pepper")});
    return peppers;
}

std::vector<openssl::purpose_key> own_keys_of(config::settings const& settings)
{
    std::vector<openssl::purpose_key> keys;
    if (settings.ip_hash_salt) keys.push_back({"ip", settings.ip_hash_salt->clone()});
    return keys;
}

sqlite::options database_options(config::settings const& settings, std::string const& path)
{
    sqlite::options chosen;
    chosen.path = path;
    chosen.readers = settings.database_connections;
    chosen.synchronous = settings.synchronous == config::sqlite_synchronous::full ? sqlite::durability::full : sqlite::durability::normal;
    return chosen;
}

}  // namespace

policies policies_of(config::settings const& settings)
{
    policies made;
    made.passwords.characters_min = std::max(settings.password_min, settings.password_min_single_factor);
    made.lockout.failures_max = settings.lockout_failures;
    made.lockout.lock = settings.lockout_duration;
    made.tokens.access_life = std::chrono::floor<std::chrono::seconds>(settings.access_life);
    made.tokens.refresh_life = std::chrono::floor<std::chrono::seconds>(settings.refresh_life);
    made.tokens.access_overlap = settings.access_overlap;
    made.tokens.refresh_replay = settings.refresh_replay;
    return made;
}

services::services() = default;
services::~services() = default;

ports::store& services::store() noexcept { return *database_; }

outcome<void> services::migrate() { return database_->migrate(clock_->now()); }
outcome<void> services::require_current_schema() { return database_->require_current_schema(); }
outcome<void> services::check_integrity() { return database_->integrity_check(); }

outcome<void> services::back_up(config::settings const& settings, std::string const& target)
{
    return sqlite::back_up(settings.database_path, target);
}

outcome<std::size_t> services::restore(config::settings const& settings, std::string const& copy)
{
    auto const& database = settings.database_path;
    if (sqlite::is_in_use(database)) return error{errc::busy, "composition.restore", "stop the server first: it has " + database + " open"};
    auto const candidate = database + ".restoring";
    std::error_code failed;
    std::filesystem::remove(candidate, failed);
    MB_CHECK(sqlite::back_up(copy, candidate));

    auto const ended = [&]() -> outcome<std::size_t> {
        MB_TRY(auto const opened, open_at(settings, candidate));
        MB_CHECK(opened->check_integrity());
        MB_CHECK(opened->migrate());
        usecases::end_restored_sessions const end_sessions(opened->store(), opened->clock(), opened->random());
        return end_sessions(own_origin(opened->random(), opened->clock().now()));
    }();
    if (!ended) {
        std::filesystem::remove(candidate, failed);
        return ended.error();
    }
    MB_CHECK(sqlite::put_in_place(candidate, database));
    return *ended;
}

outcome<std::unique_ptr<services>> services::open(config::settings const& settings)
{
    return open_at(settings, settings.database_path.empty() ? sqlite::memory_path : settings.database_path);
}

outcome<std::unique_ptr<services>> services::open_at(config::settings const& settings, std::string const& path)
{
    auto master = settings.master_key ? openssl::master_key::make(settings.master_key->clone()) : std::nullopt;
    if (!master) return error{errc::unexpected, "composition.master_key", "MASTER_KEY"};

    std::unique_ptr<services> made(new services);
    made->clock_ = std::make_unique<runtime::system_clock>();
    made->random_ = std::make_unique<openssl::system_randomness>();
    made->digests_ = std::make_unique<openssl::openssl_digester>(*master, own_keys_of(settings));
    made->sealer_ = std::make_unique<openssl::openssl_sealer>(*master, std::span<openssl::master_key const>{}, *made->random_);
    made->hasher_ = std::make_unique<openssl::password_hashers>(peppers_of(settings, *master), cost_of(settings), *made->random_);
    made->judge_ = std::make_unique<openssl::zxcvbn_judge>();
    made->codec_ = std::make_unique<openssl::openssl_token_codec>(settings.jwt_issuer, settings.jwt_audience);
    made->patterns_ = std::make_unique<re2::re2_pattern_compiler>();
    MB_TRY(made->database_, sqlite::sqlite_store::open(database_options(settings, path), *made->sealer_));
    made->catalogues_ = std::make_unique<usecases::catalogue_cache>(*made->database_, *made->patterns_, *made->clock_);
    return made;
}

audit::origin own_origin(ports::randomness const& random, instant now)
{
    audit::origin from;
    from.correlation = ports::new_id<audit::correlation_id>(random, now);
    from.arrived = now;
    return from;
}

}  // namespace mb::composition
