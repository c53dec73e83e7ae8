#include "apps/composition/http_stack.hpp"

#include "adapters/config/forms.hpp"
#include "adapters/http/application.hpp"
#include "adapters/http/exposition.hpp"
#include "adapters/http/https_redirect.hpp"
#include "adapters/http/route.hpp"
#include "adapters/log/logger.hpp"
#include "adapters/qr/qr_pictures.hpp"
#include "apps/composition/anomaly_metrics.hpp"
#include "apps/composition/process_metrics.hpp"
#include "apps/composition/version.hpp"
#include "core/usecases/access/authenticate.hpp"
#include "core/usecases/access/authenticate_key.hpp"
#include "core/usecases/access/change_role.hpp"
#include "core/usecases/access/create_role.hpp"
#include "core/usecases/access/delete_role.hpp"
#include "core/usecases/access/get_role.hpp"
#include "core/usecases/access/list_roles.hpp"
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
#include "core/usecases/identity/change_password.hpp"
#include "core/usecases/identity/change_profile.hpp"
#include "core/usecases/identity/change_user.hpp"
#include "core/usecases/identity/check_reset.hpp"
#include "core/usecases/identity/collect_data.hpp"
#include "core/usecases/identity/erase_account.hpp"
#include "core/usecases/identity/get_user.hpp"
#include "core/usecases/identity/list_users.hpp"
#include "core/usecases/identity/log_in.hpp"
#include "core/usecases/identity/log_in_by_link.hpp"
#include "core/usecases/identity/prove_password.hpp"
#include "core/usecases/identity/register_user.hpp"
#include "core/usecases/identity/request_reset.hpp"
#include "core/usecases/identity/resend_verification.hpp"
#include "core/usecases/identity/reset_password.hpp"
#include "core/usecases/identity/send_magic_link.hpp"
#include "core/usecases/identity/unlock_user.hpp"
#include "core/usecases/identity/verify_email.hpp"
#include "core/usecases/mfa/count_recovery_codes.hpp"
#include "core/usecases/mfa/disable_factor.hpp"
#include "core/usecases/mfa/enable_factor.hpp"
#include "core/usecases/mfa/renew_recovery_codes.hpp"
#include "core/usecases/mfa/set_up_factor.hpp"
#include "core/usecases/mfa/step_up.hpp"
#include "core/usecases/mfa/verify_factor.hpp"
#include "core/usecases/operations/list_anomalies.hpp"
#include "core/usecases/operations/list_attempts.hpp"
#include "core/usecases/operations/list_events.hpp"
#include "core/usecases/operations/review_anomaly.hpp"
#include "core/usecases/operations/run_report.hpp"
#include "core/usecases/tokens/check_session.hpp"
#include "core/usecases/tokens/close_session.hpp"
#include "core/usecases/tokens/list_api_keys.hpp"
#include "core/usecases/tokens/list_sessions.hpp"
#include "core/usecases/tokens/list_signing_keys.hpp"
#include "core/usecases/tokens/log_out.hpp"
#include "core/usecases/tokens/log_out_everywhere.hpp"
#include "core/usecases/tokens/make_api_key.hpp"
#include "core/usecases/tokens/open_session.hpp"
#include "core/usecases/tokens/refresh_session.hpp"
#include "core/usecases/tokens/revoke_api_key.hpp"
#include "core/usecases/tokens/revoke_session.hpp"
#include "core/usecases/tokens/rotate_signing_key.hpp"

#include <atomic>

namespace mb::composition {
namespace {

http::http_settings http_settings_of(config::settings const& settings)
{
    auto const rate_of = [](config::rate const& from) {
        return http::http_settings::rate{from.burst, std::chrono::ceil<std::chrono::seconds>(from.period)};
    };
    http::http_settings made;
    made.public_url = settings.public_url;
    made.allowed_origins = settings.allowed_origins;
    made.secure_cookies = !settings.public_url.starts_with("http://localhost");
    // a name of the loopback belongs to every server of that machine: browsers would refuse the others their plain text for a year
    made.hsts = settings.public_url.starts_with("https://") && !config::is_loopback(config::host_of(settings.public_url));
    made.tongue = settings.tongue;
    if (settings.metrics_token) made.metrics_token = settings.metrics_token->reveal();
    made.version = version;
    made.requests_in_work_max = settings.requests_in_work_max;
    made.requests_waiting_max = settings.requests_waiting_max;
    made.rate_limited = settings.rate_limited;
    made.credentials_rate = rate_of(settings.credentials_rate);
    made.default_rate = rate_of(settings.default_rate);
    auto const threads = database::threads_for(settings);
    made.point_reads_here = threads.reads_in_process;
    made.read_threads = threads.reading;
    made.write_threads = threads.writing;
    made.hash_threads = settings.hash_threads;
    return made;
}

usecases::factor_rules factor_rules_of(policies const& rules) { return {rules.totp, rules.lockout, rules.links}; }

std::vector<std::string_view> route_paths()
{
    std::vector<std::string_view> paths;
    for (auto const& row : http::routes()) paths.push_back(row.path);
    return paths;
}

/// Every use case, with what it needs.
struct use_case_set {
    explicit use_case_set(services& with, policies const& rules)
        : register_user(with.store(), with.clock(), with.random(), with.hasher(), with.judge(), with.digests(), rules.passwords, rules.links),
          verify_email(with.store(), with.clock(), with.random(), with.digests(), rules.links),
          resend_verification(with.store(), with.clock(), with.random(), with.digests(), rules.links),
          gate(with.store(), with.clock(), with.random(), with.hasher(), with.digests(), rules.lockout, with.watch()),
          proofs(with.catalogues(), with.clock(), with.random(), with.digests(), with.codec(), rules.proofs),
          factors(with.digests(), factor_rules_of(rules)),
          log_in(gate, proofs, with.catalogues(), with.clock(), with.random(), with.codec(), rules.tokens),
          request_reset({with.store(), with.clock(), with.random(), with.digests(), rules.links}),
          check_reset(with.store(), with.clock(), with.random(), with.digests(), rules.links),
          reset_password(with.store(), with.clock(), with.random(), with.hasher(), with.judge(), with.digests(), rules.passwords, rules.links),
          change_password(gate, proofs, with.clock(), with.random(), with.hasher(), with.judge(), rules.passwords, rules.links),
          change_profile(with.store(), with.clock(), with.random()),
          list_users(with.database().lists(), with.clock(), with.random(), with.digests()),
          get_user(with.store(), with.clock(), with.random(), with.digests()),
          change_user(with.store(), with.clock(), with.random(), with.digests()),
          unlock_user(with.store(), with.clock(), with.random(), with.digests()),
          list_events(with.store(), with.database().lists(), with.clock(), with.random()),
          list_attempts(with.store(), with.database().lists(), with.clock(), with.random()),
          run_report(with.store(), with.database().lists(), with.clock(), with.random(), route_paths(), {}),
          list_anomalies(with.store(), with.database().lists(), with.clock(), with.random()),
          review_anomaly(with.store(), with.clock(), with.random()),
          list_roles(with.store(), with.clock(), with.random()),
          get_role(with.store(), with.clock(), with.random()),
          create_role(with.store(), with.clock(), with.random(), {}),
          change_role(with.store(), with.clock(), with.random(), {}),
          delete_role(with.store(), with.clock(), with.random()),
          refresh_session(with.store(), with.catalogues(), with.clock(), with.random(), with.codec(), rules.tokens, with.watch()),
          log_out(with.store(), with.catalogues(), with.clock(), with.random(), with.codec()),
          log_out_everywhere(with.store(), with.clock(), with.random()),
          list_sessions(with.store(), with.clock()),
          revoke_session(with.store(), with.clock(), with.random()),
          rotate_signing_key(with.store(), with.catalogues(), with.clock(), with.random(), rules.tokens),
          list_signing_keys(with.store(), with.clock(), with.random()),
          prove_password(gate, with.clock()),
          open_session(gate, proofs, with.clock(), with.random(), with.digests(), rules.sessions),
          check_session(with.store(), with.clock(), with.random(), with.digests(), with.recent_uses(), rules.sessions, with.watch()),
          close_session(with.store(), with.clock(), with.random(), with.digests()),
          send_magic_link({with.store(), with.clock(), with.random(), with.digests(), rules.links}),
          log_in_by_link(with.store(), proofs, with.catalogues(), with.clock(), with.random(), with.digests(), with.codec(), rules.links,
                         rules.tokens),
          collect_data(with.store(), with.clock(), with.random()),
          erase_account(with.store(), proofs, with.clock(), with.random(), with.digests()),
          set_up_factor(with.store(), with.clock(), with.random(), rules.totp),
          enable_factor(with.store(), proofs, with.clock(), with.random(), with.digests(), factor_rules_of(rules)),
          disable_factor(with.store(), proofs, with.clock(), with.random(), with.digests(), rules.links),
          verify_factor(with.store(), with.catalogues(), proofs, factors, with.clock(), with.random(), with.digests(), with.codec(), rules.tokens,
                        rules.sessions),
          step_up(with.store(), gate, proofs, factors, with.clock(), with.random()),
          count_recovery_codes(with.store(), proofs),
          renew_recovery_codes(with.store(), proofs, with.clock(), with.random(), with.digests(), rules.links),
          make_api_key(with.store(), with.clock(), with.random(), with.digests(), rules.api_keys),
          list_api_keys(with.store()),
          revoke_api_key(with.store(), with.clock(), with.random()),
          authenticate(with.store(), with.catalogues(), with.clock(), with.codec(), rules.tokens, with.accesses()),
          authenticate_key(with.store(), with.catalogues(), with.clock(), with.digests(), with.recent_uses()),
          record_denial(with.store(), with.clock(), with.random()),
          entities{with.store(), with.clock(), with.random(), with.patterns(), with.digests()},
          listed_entities{with.database().lists(), with.clock(), with.random(), with.patterns(), with.digests()},
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
          get_record_with_token(authenticate, authenticate_key, get_record),
          list_records(listed_entities),
          replace_record(entities),
          patch_record(entities),
          delete_record(entities)
    {
    }

    usecases::register_user register_user;
    usecases::verify_email verify_email;
    usecases::resend_verification resend_verification;
    usecases::password_gate gate;
    usecases::proofs proofs;
    usecases::factor_check factors;
    usecases::log_in log_in;
    usecases::request_reset request_reset;
    usecases::check_reset check_reset;
    usecases::reset_password reset_password;
    usecases::change_password change_password;
    usecases::change_profile change_profile;
    usecases::list_users list_users;
    usecases::get_user get_user;
    usecases::change_user change_user;
    usecases::unlock_user unlock_user;
    usecases::list_events list_events;
    usecases::list_attempts list_attempts;
    usecases::run_report run_report;
    usecases::list_anomalies list_anomalies;
    usecases::review_anomaly review_anomaly;
    usecases::list_roles list_roles;
    usecases::get_role get_role;
    usecases::create_role create_role;
    usecases::change_role change_role;
    usecases::delete_role delete_role;
    usecases::refresh_session refresh_session;
    usecases::log_out log_out;
    usecases::log_out_everywhere log_out_everywhere;
    usecases::list_sessions list_sessions;
    usecases::revoke_session revoke_session;
    usecases::rotate_signing_key rotate_signing_key;
    usecases::list_signing_keys list_signing_keys;
    usecases::prove_password prove_password;
    usecases::open_session open_session;
    usecases::check_session check_session;
    usecases::close_session close_session;
    usecases::send_magic_link send_magic_link;
    usecases::log_in_by_link log_in_by_link;
    usecases::collect_data collect_data;
    usecases::erase_account erase_account;
    qr::qr_pictures pictures;
    usecases::set_up_factor set_up_factor;
    usecases::enable_factor enable_factor;
    usecases::disable_factor disable_factor;
    usecases::verify_factor verify_factor;
    usecases::step_up step_up;
    usecases::count_recovery_codes count_recovery_codes;
    usecases::renew_recovery_codes renew_recovery_codes;
    usecases::make_api_key make_api_key;
    usecases::list_api_keys list_api_keys;
    usecases::revoke_api_key revoke_api_key;
    usecases::authenticate authenticate;
    usecases::authenticate_key authenticate_key;
    usecases::record_denial record_denial;
    usecases::entity_services entities;
    usecases::entity_services listed_entities;
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

void write_edge_metrics(http::exposition& into, http::edge_counters const& counts)
{
    into.gauge("metabuilder_connections_open", "Connections now.").sample(counts.connections_open);
    into.counter("metabuilder_connections_accepted_total", "Connections taken.").sample(counts.connections_accepted);
    into.counter("metabuilder_connections_refused_total", "Connections turned away over a cap.").sample(counts.connections_refused);
    into.counter("metabuilder_accept_failures_total", "Connections that the system could not give, for want of descriptors mostly.")
        .sample(counts.accept_failures);
    into.counter("metabuilder_requests_refused_by_gate_total", "Requests malformed, too large, or for another host.").sample(counts.refused_by_gate);
    into.counter("metabuilder_requests_timed_out_total", "Requests and answers that were too slow.").sample(counts.timed_out);
    into.counter("metabuilder_edge_failures_total", "Exceptions that ended a connection.").sample(counts.failures);
    into.counter("metabuilder_tls_handshakes_total", "Handshakes that succeeded.").sample(counts.handshakes);
    into.counter("metabuilder_tls_handshakes_failed_total", "Handshakes that were refused, given up, or too slow.").sample(counts.handshakes_failed);
}

/// What one kind of database does not count is a family without a sample.
void write_database_metrics(http::exposition& into, database_counts const& counts)
{
    into.counter("metabuilder_transactions_total", "Writing transactions that were committed.").sample(counts.works);
    auto const maybe = [](http::exposition& family, std::optional<std::uint64_t> value) {
        if (value) family.sample(*value);
    };
    maybe(into.counter("metabuilder_commits_total", "Commits that made them durable; transactions in one commit shared its price."), counts.commits);
    maybe(into.counter("metabuilder_transactions_repeated_total",
                       "Transactions that ran again after a conflict or a lost connection; PostgreSQL only."),
          counts.repeated);
    maybe(into.gauge("metabuilder_database_connections", "Open connections; PostgreSQL only."), counts.connections);
    maybe(into.gauge("metabuilder_database_callers_waiting", "Callers that wait for a connection; PostgreSQL only."), counts.waiting);
}

}  // namespace

struct http_stack::parts {
    parts(config::settings const& settings, services& with_, log::logger& log, job_counters const& jobs_, ports::country_lookup const& countries)
        : with(with_),
          jobs(jobs_),
          started(with_.clock().now()),
          set(with_, policies_of(settings)),
          cases{with_.clock(),
                with_.random(),
                with_.digests(),
                with_.shared().limits(),
                log,
                set.register_user,
                set.verify_email,
                set.resend_verification,
                set.log_in,
                set.request_reset,
                set.check_reset,
                set.reset_password,
                set.change_password,
                set.change_profile,
                set.list_users,
                set.get_user,
                set.change_user,
                set.unlock_user,
                set.list_events,
                set.list_attempts,
                set.run_report,
                set.list_anomalies,
                set.review_anomaly,
                with.strays(),
                set.list_roles,
                set.get_role,
                set.create_role,
                set.change_role,
                set.delete_role,
                set.refresh_session,
                set.log_out,
                set.log_out_everywhere,
                set.list_sessions,
                set.revoke_session,
                set.rotate_signing_key,
                set.list_signing_keys,
                set.prove_password,
                set.open_session,
                set.check_session,
                set.close_session,
                set.send_magic_link,
                set.log_in_by_link,
                set.collect_data,
                set.erase_account,
                set.pictures,
                set.proofs,
                set.set_up_factor,
                set.enable_factor,
                set.disable_factor,
                set.verify_factor,
                set.step_up,
                set.count_recovery_codes,
                set.renew_recovery_codes,
                set.make_api_key,
                set.list_api_keys,
                set.revoke_api_key,
                set.authenticate,
                set.authenticate_key,
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
                [this](http::exposition& into) { write_metrics(into); },
                countries},
          application(cases, http_settings_of(settings)),
          redirect(settings.public_url)
    {
    }

    std::vector<http::dependency_state> dependencies() const
    {
        auto const answers = with.store().read([](ports::transaction& tx) -> outcome<void> {
            MB_CHECK(tx.catalogue().current());
            return {};
        });
        std::vector<http::dependency_state> all{{"database", answers.has_value()},
                                                {"migrations", with.database().require_current_schema().has_value()}};
        if (with.shared().is_redis()) all.push_back({"redis", with.shared().is_up(), http::need::helpful});
        return all;
    }

    void write_metrics(http::exposition& into) const
    {
        application.write_metrics(into);
        if (edge != nullptr) write_edge_metrics(into, edge->counters());
        with.shared().write_metrics(into);
        into.counter("metabuilder_accesses_kept_total", "Access tokens judged by what was kept in memory; no sample without Redis.");
        if (auto const* accesses = with.accesses()) into.sample(accesses->kept());
        into.counter("metabuilder_accesses_read_total", "Access tokens that the cache judged by reading the database; no sample without Redis.");
        if (auto const* accesses = with.accesses()) into.sample(accesses->read());
        into.gauge("metabuilder_tls_certificate_expiry_timestamp_seconds", "When the certificate in use ends; no sample without TLS.");
        if (auto const until = certificate_until.load(std::memory_order_relaxed); until != 0) into.sample({}, static_cast<double>(until) / 1e6);
        write_database_metrics(into, with.database().counts());
        into.counter("metabuilder_catalogue_loads_total", "Reads of all roles, keys and entities; requests in between found them in memory.")
            .sample(with.catalogues().loads());
        into.gauge("metabuilder_catalogue_revision", "Of the roles, keys and entities in memory; replicas that differ for long have lost touch.")
            .sample({}, static_cast<double>(with.catalogues().current()->revision));
        jobs.write(into, with.clock().now());
        write_anomaly_metrics(into, with.watch().counted());
        into.counter("metabuilder_log_lines_dropped_total", "Lines that found the log's queue full.").sample(cases.log.dropped());
        into.gauge("metabuilder_build_info", "Always 1; the version is in the label.").sample({{"version", version}}, std::uint64_t{1});
        write_process_metrics(into, started);
    }

    void show(std::shared_ptr<http::tls_context const> const& tls) noexcept
    {
        certificate_until.store(tls ? tls->valid_until().time_since_epoch().count() : 0, std::memory_order_relaxed);
    }

    services& with;
    job_counters const& jobs;
    instant const started;
    std::atomic<std::int64_t> certificate_until{0};  ///< microseconds since the epoch; 0 without TLS
    use_case_set set;
    http::use_cases cases;
    http::application application;
    http::https_redirect redirect;
    std::unique_ptr<http::server> edge;
    std::unique_ptr<http::server> redirecting;  ///< null: no TLS_REDIRECT_PORT
};

http_stack::http_stack(std::unique_ptr<parts> made) : parts_(std::move(made)) {}
http_stack::~http_stack() = default;

outcome<std::unique_ptr<http_stack>> http_stack::make(config::settings const& settings, services& with, log::logger& log, job_counters const& jobs,
                                                      ports::country_lookup const& countries, std::shared_ptr<http::tls_context const> tls)
{
    auto made = std::make_unique<parts>(settings, with, log, jobs, countries);
    made->show(tls);
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

outcome<void> http_stack::start()
{
    if (parts_->redirecting) MB_CHECK(parts_->redirecting->start());
    return parts_->edge->start();
}

void http_stack::renew(std::shared_ptr<http::tls_context const> tls)
{
    parts_->show(tls);
    parts_->edge->renew(std::move(tls));
}
std::uint16_t http_stack::port() const noexcept { return parts_->edge->port(); }
void http_stack::expire_waiting() { parts_->application.expire_waiting(); }

std::size_t http_stack::drain(duration deadline)
{
    parts_->application.begin_drain();
    if (parts_->redirecting) parts_->redirecting->drain(duration::zero());
    auto const cut = parts_->edge->drain(deadline);
    parts_->application.stop();
    return cut;
}

}  // namespace mb::composition
