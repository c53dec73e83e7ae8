#include "apps/composition/run_server.hpp"

#include "adapters/config/problems.hpp"
#include "adapters/log/logger.hpp"
#include "adapters/outbound/console_mailer.hpp"
#include "adapters/outbound/probe.hpp"
#include "adapters/outbound/smtp_mailer.hpp"
#include "adapters/runtime/clock_watch.hpp"
#include "adapters/runtime/periodic.hpp"
#include "adapters/runtime/service_manager.hpp"
#include "adapters/runtime/signals.hpp"
#include "adapters/runtime/single_runs.hpp"
#include "adapters/runtime/system_clock.hpp"
#include "adapters/runtime/thread_name.hpp"
#include "apps/composition/configure.hpp"
#include "apps/composition/country_file.hpp"
#include "apps/composition/http_stack.hpp"
#include "apps/composition/job_counters.hpp"
#include "apps/composition/services.hpp"
#include "apps/composition/tls_files.hpp"
#include "apps/composition/version.hpp"
#include "core/domain/base/text.hpp"
#include "core/usecases/operations/deliver_mail.hpp"
#include "core/usecases/operations/prepare_store.hpp"
#include "core/usecases/operations/purge.hpp"
#include "core/usecases/operations/seal_audit.hpp"

#include <cstdio>
#include <memory>
#include <string>

namespace mb::composition {
namespace {

constexpr auto strays_interval = std::chrono::minutes{1};
constexpr auto anomalies_interval = std::chrono::seconds{1};
constexpr auto uses_interval = std::chrono::seconds{5};
constexpr auto drain_deadline = std::chrono::seconds{25};
constexpr auto purge_interval = std::chrono::hours{1};
constexpr auto backlog_interval = std::chrono::seconds{15};
constexpr auto mail_interval = std::chrono::seconds{1};
constexpr auto seal_interval = std::chrono::seconds{20};
constexpr auto clock_interval = std::chrono::seconds{5};
constexpr auto expiry_interval = std::chrono::milliseconds{250};
constexpr auto turn_length = std::chrono::seconds{30};
constexpr auto renewal_interval = std::chrono::seconds{5};
constexpr auto log_patience = std::chrono::seconds{2};
constexpr std::size_t one_time_password_bytes = 18;
constexpr char const* lab_admin = "admin@lab.localhost";

int fail(char const* what, error const& failure)
{
    std::fprintf(stderr, "❌ %s: %s [%s, %s]\n", what, failure.detail.c_str(), failure.where, name_of(failure.code));
    return 1;
}

log::options log_options_of(config::settings const& settings)
{
    log::options chosen;
    chosen.threshold = static_cast<log::level>(settings.threshold);
    chosen.shape = settings.shape == config::log_format::by_terminal ? log::format_for(chosen.descriptor)
                   : settings.shape == config::log_format::text      ? log::format::text
                                                                     : log::format::json;
    return chosen;
}

std::string describe(violations const& broken)
{
    std::string told;
    for (auto const& each : broken) told += (told.empty() ? "" : ", ") + each.pointer + " " + std::string(code_of(each.code));
    return told;
}

/// Makes what a database needs before it can serve. In a lab without an administrator of the configuration, one is made and shown once.
int prepare(config::settings const& settings, services& with)
{
    usecases::preparation wanted;
    if (settings.jwt_secret) wanted.jwt_secret = settings.jwt_secret->clone();
    std::string one_time_password;
    if (settings.admin_email && settings.admin_password) {
        wanted.admin = usecases::first_admin{*settings.admin_email, settings.admin_password->clone()};
    } else if (settings.environment == config::profile::development) {
        one_time_password = base64url(ports::new_secret(with.random(), one_time_password_bytes).reveal());
        wanted.admin = usecases::first_admin{settings.admin_email.value_or(lab_admin), secret{std::string_view{one_time_password}}};
    }
    usecases::prepare_store const prepare_store(with.store(), with.clock(), with.random(), with.hasher(), with.judge(),
                                                policies_of(settings).passwords);
    auto const said = prepare_store(wanted, own_origin(with.random(), with.clock().now()));
    if (!said) return fail("Base de datos", said.error());
    if (auto const* broken = said->broken()) {
        std::fprintf(stderr, "❌ Error de configuración: ADMIN_EMAIL / ADMIN_PASSWORD / JWT_SECRET: %s\n", describe(*broken).c_str());
        return 1;
    }
    if (said->denied() != nullptr) {
        std::fprintf(stderr,
                     "❌ Error de configuración: ADMIN_EMAIL ya tiene una cuenta que no es de administración: usa metabuilder-admin user roles\n");
        return 1;
    }
    if (said->granted()->admin_made && !one_time_password.empty())
        std::printf("\n  %s  contraseña (se muestra solo esta vez): %s\n", wanted.admin->email.c_str(), one_time_password.c_str());
    std::fflush(stdout);
    wipe(one_time_password.data(), one_time_password.size());
    return 0;
}

std::unique_ptr<ports::mailer> mailer_of(config::settings const& settings, log::logger& log)
{
    if (settings.smtp_url.empty()) return std::make_unique<outbound::console_mailer>(log, settings.frontend_url);
    outbound::smtp_server server{settings.smtp_url, settings.smtp_user, settings.smtp_password ? settings.smtp_password->clone() : secret{},
                                 settings.mail_from, settings.smtp_authorities_file};
    return std::make_unique<outbound::smtp_mailer>(std::move(server), settings.frontend_url);
}

/// What is wrong with the files that the mailer needs, in the configured language; "" where nothing is.
std::string judge_mail(config::settings const& settings)
{
    config::problems wrong(settings.tongue);
    if (!settings.smtp_authorities_file.empty() && !outbound::holds_certificates(settings.smtp_authorities_file))
        wrong.add("SMTP_CA_FILE", {"nombra un archivo que no se puede leer o que no contiene sólo certificados en PEM",
                                   "names a file that can't be read, or does not hold certificates in PEM alone"});
    auto said = std::move(wrong).take();
    return said.empty() ? std::string{} : std::move(said.front());
}

/// For whoever looks after containers: asks the server that was started with the same configuration.
int check_health(config::settings const& settings)
{
    auto const alive =
        outbound::ask_whether_alive({settings.host, settings.port, settings.allowed_hosts.front(), !settings.tls_certificate_file.empty()});
    return alive ? 0 : fail("HOST / PORT", alive.error());
}

void greet(config::settings const& settings, std::uint16_t port)
{
    auto const* const scheme = settings.tls_certificate_file.empty() ? "http" : "https";
    std::printf("\nMetaBuilder responde en %s://localhost:%u\n", scheme, unsigned{port});
    if (settings.environment == config::profile::development)
        std::printf(
            "  Primeros pasos: abre %s://localhost:%u/ o sigue el recorrido del README.\n"
            "  Los correos se imprimen aquí y quedan en: metabuilder-admin inbox\n",
            scheme, unsigned{port});
    std::fflush(stdout);
}

/// A certificate that can't be used changes nothing: the one that is served stays.
void renew_tls(config::settings const& settings, services& with, http_stack& http, log::logger& log)
{
    if (settings.tls_certificate_file.empty()) return log.info("server", "", "nothing to reload");
    auto read = read_tls(settings, with.clock());
    for (auto const& each : read.unwise) log.warning("tls", "", each);
    for (auto const& each : read.wrong) log.error("tls", "", "certificate not renewed, the old one stays", {{"what", each}});
    if (!read.context) return;
    auto const until = format_rfc3339(read.context->valid_until());
    http.renew(std::move(read.context));
    log.info("tls", "", "certificate renewed", {{"valid_until", until}});
}

}  // namespace

int run_server(config::profile profile, char const* program, int argc, char const* const* argv)
{
    runtime::block_signals();
    auto const judge = [](config::settings const& settings) {
        auto wrong = read_tls(settings, runtime::system_clock{}).wrong;
        if (auto of_mail = judge_mail(settings); !of_mail.empty()) wrong.push_back(std::move(of_mail));
        for (auto& each : country_file::judge(settings)) wrong.push_back(std::move(each));
        return wrong;
    };
    bool asks_health = false;
    std::optional<std::string> env_file;
    command line{.name = program};
    line.arguments.push_back(
        {.name = "--healthcheck", .into = &asks_health, .description = "ask the running server of this configuration whether it answers, and end"});
    auto configured = configure(profile, std::move(line), env_file, argc, argv, judge);
    if (auto const* exit_code = std::get_if<int>(&configured)) return *exit_code;
    auto const& settings = std::get<config::settings>(configured);
    if (asks_health) return check_health(settings);

    runtime::take_short_turns();  // every thread that is started from here on; hashing takes it back
    auto opened = services::open(settings);
    if (!opened) return fail("Base de datos", opened.error());
    auto& with = **opened;
    if (auto const migrated = with.migrate(); !migrated) return fail("Base de datos", migrated.error());
    if (auto const exit_code = prepare(settings, with); exit_code != 0) return exit_code;
    if (auto const loaded = with.catalogues().refresh(); !loaded) return fail("Base de datos", loaded.error());

    log::logger log(log_options_of(settings), with.clock());
    for (auto const& notice : settings.notices) log.warning("config", "", notice);
    if (!with.shared().is_up()) log.warning("redis", "", "not reached: serving without it, with reduced rate limits");
    job_counters counters(with.clock().now());
    auto tls = read_tls(settings, with.clock());
    for (auto const& each : tls.unwise) log.warning("tls", "", each);
    if (!tls.wrong.empty()) return fail("TLS", {errc::unexpected, "composition.tls", tls.wrong.front()});
    auto const countries = country_file::open(settings);
    if (!countries) return fail("GEOIP_DB", countries.error());
    auto made = http_stack::make(settings, with, log, counters, (*countries)->countries(), std::move(tls.context));
    if (!made) return fail("HOST / PORT", made.error());
    auto& http = **made;
    if (auto const started = http.start(); !started) return fail("HOST / PORT", started.error());

    auto const mailer = mailer_of(settings, log);
    usecases::deliver_mail const deliver_mail(with.store(), with.clock(), with.random(), *mailer, notify::delivery_policy{});
    usecases::purge const purge(with.store(), with.clock(), usecases::purge_policy{});
    auto const report = [&log](char const* job, error const& failure) {
        log.error("jobs", "", "job failed", {{"job", job}, {"where", failure.where}, {"detail", failure.detail}});
    };
    runtime::periodic jobs([&log](std::string_view job, std::string_view what) {
        log.error("jobs", "", "job threw", {{"job", job}, {"what", what}});
    });
    runtime::periodic expiry([&log](std::string_view, std::string_view what) { log.error("jobs", "", "expiry threw", {{"what", what}}); });
    auto const count = [&](job_counters::task task, auto const& done) {
        if (!done) {
            counters.failed(task);
            return report(job_counters::name_of(task), done.error());
        }
        counters.add(*done);
        counters.succeeded(task, with.clock().now());
    };
    runtime::single_runs single(with.shared().turns(), turn_length);
    auto const run_once = [&](char const* job, job_counters::task task, auto const& what) {
        auto const where = single.run(job, [&] { count(task, what()); });
        if (where == runtime::single_runs::ran::elsewhere) counters.succeeded(task, with.clock().now());
    };
    jobs.add("mail", mail_interval, [&](std::stop_token) {
        run_once("mail", job_counters::task::mail, [&] { return deliver_mail(own_origin(with.random(), with.clock().now())); });
    });
    runtime::clock_watch clock_watch(with.clock());
    jobs.add("clock", clock_interval, [&](std::stop_token) {
        if (auto const jump = clock_watch.look())
            log.error("clock", "", "ALERTA_RELOJ", {{"jump_seconds", std::chrono::duration_cast<std::chrono::seconds>(*jump).count()}});
    });
    jobs.add("purge", purge_interval, [&](std::stop_token) {
        // what seems to have ended may not have: it is deleted an hour later, or not at all where the clock was put right
        if (!clock_watch.is_calm()) return log.warning("jobs", "", "purge postponed, the clock jumped");
        run_once("purge", job_counters::task::purge, [&] { return purge(); });
        if (auto const done = with.database().tidy(); !done) report("tidy", done.error());
    });
    usecases::seal_audit const seal_audit(with.store(), with.clock(), with.random(), with.digests(), usecases::sealing_policy{});
    jobs.add("seal", seal_interval, [&](std::stop_token) { run_once("seal", job_counters::task::seal, [&] { return seal_audit(); }); });
    jobs.add("backlog", backlog_interval, [&](std::stop_token) {
        auto const seen = ports::read(with.store(), [&](ports::transaction& tx) { return tx.outbox().backlog(with.clock().now()); });
        if (!seen) return report("backlog", seen.error());
        counters.set(*seen);
    });
    expiry.add("turns", renewal_interval, [&](std::stop_token) { single.renew(); });
    auto const write_uses = [&] {
        if (auto const done = with.recent_uses().flush(with.store()); !done) report("uses", done.error());
    };
    auto const write_strays = [&] {
        if (auto const done = with.strays().flush(with.store(), with.clock(), with.random()); !done) report("strays", done.error());
    };
    auto const write_anomalies = [&] {
        auto const found = with.watch().flush(with.store());
        if (!found) return report("anomalies", found.error());
        for (auto const& each : *found)
            log.warning("anomalies", "", std::string(anomaly::name_of(each.what)),
                        {{"anomaly", each.id.text()},
                         {"counted", each.numbers.counted},
                         {"threshold", each.numbers.most},
                         {"window_seconds", std::int64_t{each.numbers.window.count()}}});
    };
    jobs.add("anomalies", anomalies_interval, [&](std::stop_token) { write_anomalies(); });
    jobs.add("strays", strays_interval, [&](std::stop_token) { write_strays(); });
    jobs.add("uses", uses_interval, [&](std::stop_token) { write_uses(); });
    expiry.add("lanes", expiry_interval, [&](std::stop_token) { http.expire_waiting(); });
    auto const manager = runtime::service_manager::from_environment();
    // on the thread that walks the lanes: where those are stuck, nothing is told
    if (auto const period = manager.watchdog()) expiry.add("watchdog", *period / 3, [&](std::stop_token) { manager.alive(); });
    jobs.start();
    expiry.start();
    log.info("server", "", "serving",
             {{"version", version},
              {"port", http.port()},
              {"profile", settings.environment == config::profile::production ? "production" : "development"}});
    greet(settings, http.port());
    manager.ready();

    while (runtime::wait_for_signal() == runtime::signal_received::reload) {
        renew_tls(settings, with, http, log);
        (*countries)->renew(log);
    }
    log.info("server", "", "draining");
    manager.stopping();
    auto const cut = http.drain(drain_deadline);
    jobs.stop();
    expiry.stop();
    write_uses();
    write_strays();
    write_anomalies();
    log.info("server", "", "stopped", {{"requests_cut", cut}});
    log.stop(log_patience);
    return cut == 0 ? 0 : 1;
}

}  // namespace mb::composition
