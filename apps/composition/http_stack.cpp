#include "apps/composition/http_stack.hpp"

#include "adapters/http/application.hpp"
#include "adapters/log/logger.hpp"
#include "adapters/sqlite/sqlite_store.hpp"
#include "apps/composition/version.hpp"
#include "core/usecases/access/authenticate.hpp"
#include "core/usecases/access/record_denial.hpp"
#include "core/usecases/entities/create_entity.hpp"
#include "core/usecases/entities/create_field.hpp"
#include "core/usecases/entities/create_record.hpp"
#include "core/usecases/entities/delete_entity.hpp"
#include "core/usecases/entities/delete_field.hpp"
#include "core/usecases/entities/delete_record.hpp"
#include "core/usecases/entities/get_entity.hpp"
#include "core/usecases/entities/get_record.hpp"
#include "core/usecases/entities/get_record_with_token.hpp"
#include "core/usecases/entities/list_entities.hpp"
#include "core/usecases/entities/list_records.hpp"
#include "core/usecases/entities/patch_record.hpp"
#include "core/usecases/entities/replace_record.hpp"
#include "core/usecases/entities/update_entity.hpp"
#include "core/usecases/entities/update_field.hpp"
#include "core/usecases/identity/change_profile.hpp"
#include "core/usecases/identity/change_user.hpp"
#include "core/usecases/identity/get_user.hpp"
#include "core/usecases/identity/list_users.hpp"
#include "core/usecases/identity/log_in.hpp"
#include "core/usecases/identity/register_user.hpp"
#include "core/usecases/identity/resend_verification.hpp"
#include "core/usecases/identity/unlock_user.hpp"
#include "core/usecases/identity/verify_email.hpp"
#include "core/usecases/tokens/list_sessions.hpp"
#include "core/usecases/tokens/list_signing_keys.hpp"
#include "core/usecases/tokens/log_out.hpp"
#include "core/usecases/tokens/log_out_everywhere.hpp"
#include "core/usecases/tokens/refresh_session.hpp"
#include "core/usecases/tokens/revoke_session.hpp"
#include "core/usecases/tokens/rotate_signing_key.hpp"

namespace mb::composition {
namespace {

std::size_t constexpr write_threads = 32;  // each waits for one commit: about as many as one group holds

http::http_settings http_settings_of(config::settings const& settings)
{
    auto const rate_of = [](config::rate const& from) {
        return http::http_settings::rate{from.burst, std::chrono::ceil<std::chrono::seconds>(from.period)};
    };
    http::http_settings made;
    made.public_url = settings.public_url;
    made.allowed_origins = settings.allowed_origins;
    made.secure_cookies = !settings.public_url.starts_with("http://localhost");
    made.hsts = settings.public_url.starts_with("https://");
    made.tongue = settings.tongue;
    if (settings.metrics_token) made.metrics_token = settings.metrics_token->reveal();
    made.version = version;
    made.requests_in_work_max = settings.requests_in_work_max;
    made.requests_waiting_max = settings.requests_waiting_max;
    made.rate_limited = settings.rate_limited;
    made.credentials_rate = rate_of(settings.credentials_rate);
    made.default_rate = rate_of(settings.default_rate);
    made.point_reads_here = true;
    made.read_threads = settings.database_connections;
    made.write_threads = write_threads;
    made.hash_threads = settings.hash_threads;
    return made;
}

/// Every use case, with what it needs.
struct use_case_set {
    explicit use_case_set(services& with, policies const& rules)
        : register_user(with.store(), with.clock(), with.random(), with.hasher(), with.judge(), with.digests(), rules.passwords, rules.links),
          verify_email(with.store(), with.clock(), with.random(), with.digests()),
          resend_verification(with.store(), with.clock(), with.random(), with.digests(), rules.links),
          log_in(with.store(), with.catalogues(), with.clock(), with.random(), with.hasher(), with.digests(), with.codec(), rules.lockout,
                 rules.tokens),
          change_profile(with.store(), with.clock(), with.random()),
          list_users(with.store(), with.clock(), with.random(), with.digests()),
          get_user(with.store(), with.clock(), with.random(), with.digests()),
          change_user(with.store(), with.clock(), with.random(), with.digests()),
          unlock_user(with.store(), with.clock(), with.random(), with.digests()),
          refresh_session(with.store(), with.catalogues(), with.clock(), with.random(), with.codec(), rules.tokens),
          log_out(with.store(), with.catalogues(), with.clock(), with.random(), with.codec()),
          log_out_everywhere(with.store(), with.clock(), with.random()),
          list_sessions(with.store(), with.clock()),
          revoke_session(with.store(), with.clock(), with.random()),
          rotate_signing_key(with.store(), with.catalogues(), with.clock(), with.random(), rules.tokens),
          list_signing_keys(with.store(), with.clock(), with.random()),
          authenticate(with.store(), with.catalogues(), with.clock(), with.codec(), rules.tokens),
          record_denial(with.store(), with.clock(), with.random()),
          entities{with.store(), with.clock(), with.random(), with.patterns(), with.digests()},
          create_entity(entities),
          list_entities(entities),
          get_entity(entities),
          update_entity(entities),
          delete_entity(entities),
          create_field(entities),
          update_field(entities),
          delete_field(entities),
          create_record(entities),
          get_record(entities),
          get_record_with_token(authenticate, get_record),
          list_records(entities),
          replace_record(entities),
          patch_record(entities),
          delete_record(entities)
    {
    }

    usecases::register_user register_user;
    usecases::verify_email verify_email;
    usecases::resend_verification resend_verification;
    usecases::log_in log_in;
    usecases::change_profile change_profile;
    usecases::list_users list_users;
    usecases::get_user get_user;
    usecases::change_user change_user;
    usecases::unlock_user unlock_user;
    usecases::refresh_session refresh_session;
    usecases::log_out log_out;
    usecases::log_out_everywhere log_out_everywhere;
    usecases::list_sessions list_sessions;
    usecases::revoke_session revoke_session;
    usecases::rotate_signing_key rotate_signing_key;
    usecases::list_signing_keys list_signing_keys;
    usecases::authenticate authenticate;
    usecases::record_denial record_denial;
    usecases::entity_services entities;
    usecases::create_entity create_entity;
    usecases::list_entities list_entities;
    usecases::get_entity get_entity;
    usecases::update_entity update_entity;
    usecases::delete_entity delete_entity;
    usecases::create_field create_field;
    usecases::update_field update_field;
    usecases::delete_field delete_field;
    usecases::create_record create_record;
    usecases::get_record get_record;
    usecases::get_record_with_token get_record_with_token;
    usecases::list_records list_records;
    usecases::replace_record replace_record;
    usecases::patch_record patch_record;
    usecases::delete_record delete_record;
};

void write_edge_metrics(std::string& into, http::edge_counters const& counts)
{
    auto const line = [&](char const* name, std::uint64_t value) { into += std::string("metabuilder_") + name + ' ' + std::to_string(value) + '\n'; };
    line("connections_open", counts.connections_open);
    line("connections_accepted_total", counts.connections_accepted);
    line("connections_refused_total", counts.connections_refused);
    line("requests_refused_by_gate_total", counts.refused_by_gate);
    line("requests_timed_out_total", counts.timed_out);
}

}  // namespace

struct http_stack::parts {
    parts(config::settings const& settings, services& with_, log::logger& log)
        : with(with_),
          set(with_, policies_of(settings)),
          cases{with_.clock(),
                with_.random(),
                with_.digests(),
                log,
                set.register_user,
                set.verify_email,
                set.resend_verification,
                set.log_in,
                set.change_profile,
                set.list_users,
                set.get_user,
                set.change_user,
                set.unlock_user,
                set.refresh_session,
                set.log_out,
                set.log_out_everywhere,
                set.list_sessions,
                set.revoke_session,
                set.rotate_signing_key,
                set.list_signing_keys,
                set.authenticate,
                set.record_denial,
                set.create_entity,
                set.list_entities,
                set.get_entity,
                set.update_entity,
                set.delete_entity,
                set.create_field,
                set.update_field,
                set.delete_field,
                set.create_record,
                set.get_record,
                set.get_record_with_token,
                set.list_records,
                set.replace_record,
                set.patch_record,
                set.delete_record,
                [this] { return dependencies(); },
                [this](std::string& into) { write_metrics(into); }},
          application(cases, http_settings_of(settings))
    {
    }

    std::vector<http::dependency_state> dependencies() const
    {
        auto const answers = with.store().read([](ports::transaction& tx) -> outcome<void> {
            MB_CHECK(tx.catalogue().current());
            return {};
        });
        return {{"database", answers.has_value()}, {"migrations", with.database().require_current_schema().has_value()}};
    }

    void write_metrics(std::string& into) const
    {
        application.write_metrics(into);
        if (edge != nullptr) write_edge_metrics(into, edge->counters());
        auto const commits = with.database().commits();
        into += "metabuilder_transactions_total " + std::to_string(commits.works) + '\n';
        into += "metabuilder_commits_total " + std::to_string(commits.commits) + '\n';
        into += "metabuilder_log_lines_dropped_total " + std::to_string(cases.log.dropped()) + '\n';
    }

    services& with;
    use_case_set set;
    http::use_cases cases;
    http::application application;
    std::unique_ptr<http::server> edge;
};

http_stack::http_stack(std::unique_ptr<parts> made) : parts_(std::move(made)) {}
http_stack::~http_stack() = default;

outcome<std::unique_ptr<http_stack>> http_stack::make(config::settings const& settings, services& with, log::logger& log)
{
    auto made = std::make_unique<parts>(settings, with, log);
    http::edge_options options;
    options.address = settings.host;
    options.port = settings.port;
    options.io_threads = settings.io_threads;
    options.allowed_hosts = settings.allowed_hosts;
    options.trusted_proxies = settings.trusted_proxies;
    options.tls = std::move(tls);
    MB_TRY(made->edge, http::server::listen(options, made->application, with.clock()));
    if (settings.tls_redirect_port != 0) {
        options.port = settings.tls_redirect_port;
        options.io_threads = 1;
        options.tls = nullptr;
        auto redirecting = http::server::listen(std::move(options), made->redirect, with.clock());
        if (!redirecting) return error{redirecting.error().code, "TLS_REDIRECT_PORT", redirecting.error().detail};
        made->redirecting = *std::move(redirecting);
    }
    return std::unique_ptr<http_stack>(new http_stack(std::move(made)));
}

outcome<void> http_stack::start() { return parts_->edge->start(); }
std::uint16_t http_stack::port() const noexcept { return parts_->edge->port(); }
void http_stack::expire_waiting() { parts_->application.expire_waiting(); }

std::size_t http_stack::drain(duration deadline)
{
    parts_->application.begin_drain();
    auto const cut = parts_->edge->drain(deadline);
    parts_->application.stop();
    return cut;
}

}  // namespace mb::composition
