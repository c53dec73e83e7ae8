#include "apps/composition/http_stack.hpp"

#include "adapters/config/forms.hpp"
#include "adapters/http/application.hpp"
#include "adapters/http/exposition.hpp"
#include "adapters/http/https_redirect.hpp"
#include "adapters/log/logger.hpp"
#include "apps/composition/anomaly_metrics.hpp"
#include "apps/composition/process_metrics.hpp"
#include "apps/composition/use_case_set.hpp"
#include "apps/composition/version.hpp"

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
          set(with_.context(log, countries), policies_of(settings)),
          cases(set.for_http([this] { return dependencies(); }, [this](http::exposition& into) { write_metrics(into); })),
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
