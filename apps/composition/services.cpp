#include "apps/composition/services.hpp"

#include "adapters/openssl/master_key.hpp"
#include "adapters/openssl/openssl_digester.hpp"
#include "adapters/openssl/openssl_sealer.hpp"
#include "adapters/openssl/openssl_token_codec.hpp"
#include "adapters/openssl/password_hashers.hpp"
#include "adapters/openssl/system_randomness.hpp"
#include "adapters/openssl/zxcvbn_judge.hpp"
#include "adapters/outbound/rendering.hpp"
#include "adapters/re2/re2_pattern_compiler.hpp"
#include "adapters/runtime/system_clock.hpp"
#include "apps/composition/use_case_set.hpp"

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

}  // namespace

services::services() = default;
services::~services() = default;

ports::store& services::store() noexcept
{
    if (marking_) return *marking_;
    return database_->store();
}

use_case_context services::context(log::logger& log, ports::country_lookup const& countries) noexcept
{
    return {store(),           database_->lists(), *clock_,      *random_,        *hasher_,     *judge_, *digests_, *codec_, *patterns_,
            shared_->limits(), countries,          *catalogues_, accesses_.get(), recent_uses_, strays_, *watch_,   log};
}

outcome<void> services::migrate() { return database_->migrate(clock_->now()); }
outcome<void> services::require_current_schema() { return database_->require_current_schema(); }
outcome<void> services::check_integrity() { return database_->integrity_check(); }

outcome<std::unique_ptr<services>> services::open(config::settings const& settings) { return open_at(settings, std::nullopt); }

outcome<std::unique_ptr<services>> services::open_file(config::settings const& settings, std::string const& path) { return open_at(settings, path); }

outcome<std::unique_ptr<services>> services::open_at(config::settings const& settings, std::optional<std::string> const& file)
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
    MB_TRY(made->shared_, shared_memory::open(settings, *made->clock_, *made->random_, *made->digests_));
    made->watch_ = std::make_unique<usecases::anomaly_watch>(made->shared_->counters(), *made->random_);
    MB_TRY(made->database_, file ? database::open_file(settings, *file, *made->sealer_) : database::open(settings, *made->sealer_));
    if (auto* const marks = made->shared_->marks()) {
        usecases::access_trust const trust;
        made->marking_ = std::make_unique<usecases::marking_store>(made->database_->store(), *marks, policies_of(settings).tokens, trust.longest);
        made->accesses_ = std::make_unique<usecases::access_cache>(made->database_->store(), *marks, *made->clock_, trust);
    }
    made->catalogues_ = std::make_unique<usecases::catalogue_cache>(made->store(), *made->patterns_, *made->clock_);
    return made;
}

std::string link_of(config::settings const& settings, notify::message const& mail) { return outbound::link_of(mail, settings.frontend_url); }

audit::origin own_origin(ports::randomness const& random, instant now)
{
    audit::origin from;
    from.correlation = ports::new_id<audit::correlation_id>(random, now);
    from.arrived = now;
    return from;
}

}  // namespace mb::composition
