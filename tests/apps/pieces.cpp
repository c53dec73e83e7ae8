#include "adapters/http/exposition.hpp"
#include "adapters/log/logger.hpp"
#include "apps/composition/anomaly_metrics.hpp"
#include "apps/composition/country_file.hpp"
#include "apps/composition/database.hpp"
#include "apps/composition/job_counters.hpp"
#include "apps/composition/process_metrics.hpp"
#include "apps/composition/services.hpp"
#include "apps/composition/shared_memory.hpp"
#include "tests/apps/support.hpp"
#include "tests/fakes/manual_clock.hpp"
#include "tests/fakes/plain_cryptography.hpp"
#include "tests/fakes/randomness.hpp"
#include "tests/redis/redis_server.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <filesystem>

using namespace mb;
using namespace mb::apps_testing;
using namespace std::chrono_literals;
using composition::job_counters;

namespace {

template <class Write>
std::string written(Write write)
{
    std::string text;
    http::exposition into(text);
    write(into);
    return text;
}

/// The number behind the name of a sample, labels and all; -1 where there is none.
double sample(std::string const& text, std::string const& name)
{
    auto const at = ("\n" + text).find("\n" + name + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 1));
}

std::string address_of_spain() { return {static_cast<char>(192), 0, 2, 10}; }

}  // namespace

TEST_CASE("services open a database that nobody has migrated, and migrate it when told", "[services]")
{
    lab const of;
    auto const with = of.open();
    CHECK_FALSE(with->require_current_schema());
    REQUIRE(with->migrate());
    CHECK(with->require_current_schema());
    CHECK(with->check_integrity());
}

TEST_CASE("a master key that is none opens nothing", "[services]")
{
    lab const of;
    auto settings = of.settings();
    for (auto const* const key : {"", "c2hvcnQ=", "no base64 at all"}) {
        settings.master_key = secret{std::string_view{key}};
        auto const opened = composition::services::open(settings);
        REQUIRE_FALSE(opened);
        CHECK(opened.error().detail == "MASTER_KEY");
    }
    settings.master_key.reset();
    CHECK_FALSE(composition::services::open(settings));
}

TEST_CASE("a database whose folder is not there can't be opened", "[services]")
{
    lab of;
    of.environment()["DATABASE_URL"] = "sqlite:" + (of.folder() / "none/metabuilder.db");
    CHECK_FALSE(composition::services::open(of.settings()));
}

TEST_CASE("a database in memory lives as long as its services", "[services]")
{
    lab of;
    of.environment()["DATABASE_URL"] = "sqlite::memory:";
    auto const with = of.open();
    REQUIRE(with->migrate());
    CHECK(with->require_current_schema());
    CHECK(names_in(of.folder().path()) == words{"secrets.env"});
}

TEST_CASE("without Redis each request asks the database who it comes from", "[services]")
{
    lab const of;
    auto const with = of.open();
    CHECK(with->accesses() == nullptr);
    CHECK(with->shared().marks() == nullptr);
    CHECK_FALSE(with->shared().is_redis());
    CHECK(with->shared().is_up());
}

TEST_CASE("with Redis accesses are kept and marks are shared", "[services][redis]")
{
    testing::redis_server const redis;
    for (auto const* const near : {"0", "500"}) {
        lab of;
        of.environment()["REDIS_URL"] = "redis://127.0.0.1:" + std::to_string(redis.port());
        of.environment()["REVOCATION_NEAR_CACHE_MS"] = near;
        auto const with = of.open();
        CHECK(with->accesses() != nullptr);
        CHECK(with->shared().marks() != nullptr);
        CHECK(with->shared().is_redis());
        CHECK(with->shared().is_up());
        REQUIRE(with->migrate());
        CHECK(with->catalogues().refresh());
    }
}

TEST_CASE("what replicas share is shared through Redis alone", "[shared_memory][redis]")
{
    testing::redis_server const redis;
    lab alone, first, second;
    for (auto* each : {&first, &second}) each->environment()["REDIS_URL"] = "redis://127.0.0.1:" + std::to_string(redis.port());
    second.environment()["MASTER_KEY"] = first.environment()["MASTER_KEY"] = "q1m9Yk0vZt7eR3xUuXcB5nHfJ8wLs2aDgPzQoE4iKM0=";
    auto const one = first.open();
    auto const two = second.open();
    auto const none = alone.open();
    REQUIRE(one->shared().turns().take("mail", 30s));
    CHECK_FALSE(*two->shared().turns().take("mail", 30s));
    CHECK(*none->shared().turns().take("mail", 30s));
}

TEST_CASE("metrics of Redis have samples where there is one", "[shared_memory][redis]")
{
    lab of;
    auto const without = of.open();
    auto const bare = written([&](auto& into) { without->shared().write_metrics(into); });
    CHECK(has(bare, "# TYPE metabuilder_redis_up gauge"));
    CHECK(sample(bare, "metabuilder_redis_up") == -1);

    testing::redis_server redis;
    of.environment()["REDIS_URL"] = "redis://127.0.0.1:" + std::to_string(redis.port());
    of.environment()["REDIS_TIMEOUT_MS"] = "100";
    auto const with = of.open();
    REQUIRE(with->shared().turns().take("mail", 30s));
    auto const up = written([&](auto& into) { with->shared().write_metrics(into); });
    CHECK(sample(up, "metabuilder_redis_up") == 1);
    CHECK(sample(up, "metabuilder_redis_calls_total") >= 1);
    CHECK(sample(up, "metabuilder_redis_outages_total") == 0);

    redis.kill();
    CHECK_FALSE(with->shared().turns().take("mail", 30s));
    auto const down = written([&](auto& into) { with->shared().write_metrics(into); });
    CHECK(sample(down, "metabuilder_redis_up") == 0);
    CHECK(sample(down, "metabuilder_redis_failed_calls_total") >= 1);
    CHECK(sample(down, "metabuilder_redis_outages_total") == 1);
}

TEST_CASE("an address of Redis that is none opens nothing", "[shared_memory]")
{
    lab const of;
    auto settings = of.settings();
    settings.redis_url = secret{std::string_view{"http://127.0.0.1"}};
    auto const opened = composition::services::open(settings);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().detail == "REDIS_URL");
}

TEST_CASE("policies say what the configuration says", "[services]")
{
    lab of;
    of.environment().insert({{"LOCKOUT_FAILURES", "7"}, {"SESSION_IP_BINDING", "log"}, {"MFA_ISSUER", "Acme"}});
    auto const made = composition::policies_of(of.settings());
    CHECK(made.lockout.failures_max == 7);
    CHECK(made.sessions.binding == tokens::address_binding::log);
    CHECK(made.totp.issuer == "Acme");
    CHECK(made.links.tongue == notify::language::en);
    CHECK(made.sessions.life == made.tokens.refresh_life);
    for (auto const& [given, meant] :
         {std::pair{config::ip_binding::strict, tokens::address_binding::strict}, {config::ip_binding::off, tokens::address_binding::off}}) {
        auto settings = of.settings();
        settings.session_ip = given;
        CHECK(composition::policies_of(settings).sessions.binding == meant);
    }
}

TEST_CASE("SQLite counts its works and commits, and has neither repetitions nor connections", "[database]")
{
    lab const of;
    auto const with = of.open();
    REQUIRE(with->migrate());
    auto const before = with->database().counts();
    REQUIRE(with->store().transact([](ports::transaction&) -> outcome<void> { return {}; }));
    auto const after = with->database().counts();
    CHECK(after.works == before.works + 1);
    CHECK(after.commits.has_value());
    CHECK_FALSE(after.repeated.has_value());
    CHECK_FALSE(after.connections.has_value());
    CHECK(with->database().tidy());
    CHECK(&with->database().lists() == &with->database().store());
}

TEST_CASE("threads for PostgreSQL share its connections and leave one", "[database]")
{
    lab const of;
    auto settings = of.settings();
    settings.postgresql = secret{std::string_view{"postgresql://mb@/mb"}};
    for (auto const& [connections, reading, writing] :
         {std::tuple{1UL, 1UL, 1UL}, {2UL, 1UL, 1UL}, {3UL, 1UL, 1UL}, {4UL, 1UL, 2UL}, {16UL, 4UL, 11UL}}) {
        settings.database_connections = connections;
        auto const threads = composition::database::threads_for(settings);
        INFO(connections);
        CHECK(threads.reading == reading);
        CHECK(threads.writing == writing);
        CHECK_FALSE(threads.reads_in_process);
    }
    settings.postgresql.reset();
    CHECK(composition::database::threads_for(settings).reads_in_process);
}

TEST_CASE("a link leads to the front end and carries the token", "[services]")
{
    lab const of;
    notify::message const mail{{},
                               notify::message_kind::verify_email,
                               identity::email::restore("ana@example.com"),
                               notify::language::en,
                               secret{std::string_view{"token-of-a-link"}},
                               {},
                               {}};
    auto settings = of.settings();
    settings.frontend_url = "https://app.example.com";
    auto const link = composition::link_of(settings, mail);
    CHECK(link.starts_with("https://app.example.com/"));
    CHECK(has(link, "token-of-a-link"));
}

TEST_CASE("without a country database nobody's country is known", "[countries]")
{
    config::settings const settings;
    CHECK(composition::country_file::judge(settings).empty());
    auto const opened = composition::country_file::open(settings);
    REQUIRE(opened);
    CHECK_FALSE((*opened)->countries().country_of(address_of_spain()));
}

TEST_CASE("a country database that can't be used is judged in both languages", "[countries]")
{
    scratch const folder;
    config::settings settings;
    settings.country_file = folder / "absent.mmdb";
    settings.tongue = notify::language::en;
    auto const absent = composition::country_file::judge(settings);
    REQUIRE(absent.size() == 1);
    CHECK(has(absent.front(), "names a file that can't be read"));
    CHECK_FALSE(composition::country_file::open(settings));
    settings.country_file = folder.write("broken.mmdb", "no database");
    settings.tongue = notify::language::es;
    auto const broken = composition::country_file::judge(settings);
    REQUIRE(broken.size() == 1);
    CHECK(has(broken.front(), "no es una base de datos MMDB"));
}

TEST_CASE("a country database is read again, and stays where the new one is broken", "[countries]")
{
    scratch const folder;
    config::settings settings;
    auto const good = content_of(MB_TEST_COUNTRIES);
    settings.country_file = folder.write("countries.mmdb", good);
    CHECK(composition::country_file::judge(settings).empty());
    auto const opened = composition::country_file::open(settings);
    REQUIRE(opened);
    CHECK((*opened)->countries().country_of(address_of_spain()).has_value());
    fakes::manual_clock const clock;
    auto const said = run({}, [&] {
        log::options how;
        how.shape = log::format::json;
        log::logger log(how, clock);
        (*opened)->renew(log);
        folder.write("new.mmdb", "no database");
        std::filesystem::rename(folder / "new.mmdb", folder / "countries.mmdb");
        (*opened)->renew(log);
        log.stop(2s);
        return 0;
    });
    CHECK(has(said.out, "country database read again"));
    CHECK(has(said.out, "country database not read, the old one stays"));
    CHECK((*opened)->countries().country_of(address_of_spain()).has_value());
}

TEST_CASE("metrics of the process are those of this process", "[metrics]")
{
    auto const text = written([](auto& into) { composition::write_process_metrics(into, from_micros(1'500'000)); });
    CHECK(sample(text, "process_start_time_seconds") == 1.5);
    CHECK(sample(text, "process_resident_memory_bytes") > 1e6);
    CHECK(sample(text, "process_virtual_memory_bytes") >= sample(text, "process_resident_memory_bytes"));
    CHECK(sample(text, "process_cpu_seconds_total") >= 0);
    CHECK(sample(text, "process_max_fds") >= sample(text, "process_open_fds"));
    int const more = ::dup(0);
    auto const later = written([](auto& into) { composition::write_process_metrics(into, {}); });
    ::close(more);
    CHECK(sample(later, "process_open_fds") == sample(text, "process_open_fds") + 1);
}

TEST_CASE("a task that never succeeded is as old as the process", "[metrics]")
{
    auto const start = from_micros(1'000'000'000'000);
    job_counters counters(start);
    counters.failed(job_counters::task::purge);
    counters.succeeded(job_counters::task::mail, start + 10s);
    auto const text = written([&](auto& into) { counters.write(into, start + 20s); });
    CHECK(sample(text, "metabuilder_task_runs_total{task=\"purge\"}") == 1);
    CHECK(sample(text, "metabuilder_task_failures_total{task=\"purge\"}") == 1);
    CHECK(sample(text, "metabuilder_task_failures_total{task=\"mail\"}") == 0);
    CHECK(sample(text, "metabuilder_task_last_success_timestamp_seconds{task=\"purge\"}") == 1e6);
    CHECK(sample(text, "metabuilder_task_last_success_timestamp_seconds{task=\"mail\"}") == 1e6 + 10);
    CHECK(std::string(job_counters::name_of(job_counters::task::seal)) == "seal");
}

TEST_CASE("what the jobs did adds up", "[metrics]")
{
    job_counters counters(from_micros(0));
    for (int i = 0; i < 2; ++i) {
        counters.add(usecases::delivered{.sent = 1, .postponed = 2, .given_up = 3});
        usecases::purged gone;
        gone.families = 4;
        gone.messages = 5;
        counters.add(gone);
        usecases::sealed_audit sealed;
        sealed.rows = 6;
        sealed.late = 1;
        counters.add(sealed);
    }
    auto const text = written([&](auto& into) { counters.write(into, from_micros(0)); });
    CHECK(sample(text, "metabuilder_mails_total{result=\"sent\"}") == 2);
    CHECK(sample(text, "metabuilder_mails_total{result=\"given_up\"}") == 6);
    CHECK(sample(text, "metabuilder_purged_rows_total{kind=\"families\"}") == 8);
    CHECK(sample(text, "metabuilder_purged_rows_total{kind=\"messages\"}") == 10);
    CHECK(sample(text, "metabuilder_purged_rows_total{kind=\"lockouts\"}") == 0);
    CHECK(sample(text, "metabuilder_audit_rows_sealed_total") == 12);
    CHECK(sample(text, "metabuilder_audit_rows_late_total") == 2);
}

TEST_CASE("the age of the first mail that waits is never negative", "[metrics]")
{
    job_counters counters(from_micros(0));
    auto const now = from_micros(60'000'000);
    auto const age = [&] { return sample(written([&](auto& into) { counters.write(into, now); }), "metabuilder_outbox_oldest_age_seconds"); };
    CHECK(age() == 0);
    counters.set({.messages = 2, .oldest = now - 5s});
    CHECK(age() == 5);
    counters.set({.messages = 2, .oldest = now + 5s});
    CHECK(age() == 0);
}

TEST_CASE("every kind of anomaly has its sample with its severity", "[metrics]")
{
    usecases::anomaly_watch::counts counts{};
    counts.written[0] = 3;
    counts.lost = 4;
    auto const text = written([&](auto& into) { composition::write_anomaly_metrics(into, counts); });
    for (auto const kind : anomaly::kinds)
        CHECK(has(text, "metabuilder_anomalies_total{type=\"" + std::string(anomaly::name_of(kind)) + "\",severity=\""));
    CHECK(sample(text, "metabuilder_anomalies_lost_total") == 4);
}
