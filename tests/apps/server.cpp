#include "apps/admin/run.hpp"
#include "apps/composition/run_server.hpp"
#include "tests/apps/certificates.hpp"
#include "tests/apps/support.hpp"
#include "tests/postgres/database.hpp"
#include "tests/redis/redis_server.hpp"

#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <regex>

using namespace mb;
using namespace mb::apps_testing;
using namespace std::chrono_literals;

namespace {

constexpr auto ana = "ana@example.com";

std::string credentials(std::string const& email, std::string const& word) { return R"({"email":")" + email + R"(","password":")" + word + "\"}"; }

bool is_status(std::string const& answer, int status) { return answer.starts_with("HTTP/1.1 " + std::to_string(status) + " "); }

std::string log_in(running_server const& server, std::string const& email, std::string const& word)
{
    return text_of(server.ask("POST", "/api/v1/auth/login", credentials(email, word)), "access_token");
}

/// What another program than the server says, which was started with the same configuration.
told run_lab(lab& of, words line = {})
{
    line.insert(line.begin(), "metabuilder-lab");
    return run(
        of.environment(),
        [](int argc, char const* const* argv) { return composition::run_server(config::profile::development, "metabuilder-lab", argc, argv); }, line);
}

/// A port of the loopback that somebody listens on.
class taken_port {
public:
    taken_port() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in where{};
        where.sin_family = AF_INET;
        where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof where;
        auto* const generic = reinterpret_cast<sockaddr*>(&where);
        REQUIRE(::bind(socket_, generic, size) == 0);
        REQUIRE(::listen(socket_, 1) == 0);
        REQUIRE(::getsockname(socket_, generic, &size) == 0);
        number_ = ntohs(where.sin_port);
    }
    ~taken_port() { ::close(socket_); }
    taken_port(taken_port const&) = delete;
    taken_port& operator=(taken_port const&) = delete;
    std::string number() const { return std::to_string(number_); }

private:
    int socket_;
    std::uint16_t number_ = 0;
};

}  // namespace

TEST_CASE("a lab serves, drains at a signal and ends with 0", "[server]")
{
    lab of;
    running_server server(of);
    auto const health = server.ask("GET", "/health");
    auto const ready = server.ask("GET", "/api/v1/health/ready");
    auto const unknown = server.ask("GET", "/nothing");
    auto const said = server.stop();
    CHECK(is_status(health, 200));
    CHECK(is_status(ready, 200));
    CHECK(is_status(unknown, 404));
    CHECK(said.exit_code == 0);
    CHECK(has(said.out, "MetaBuilder responde en http://localhost:" + std::to_string(server.port())));
    CHECK(has(said.out, "metabuilder-admin inbox"));
    CHECK(has(said.all(), "\"message\":\"draining\""));
    CHECK(has(said.all(), "\"requests_cut\":0"));
}

TEST_CASE("a server refuses connections once it has ended", "[server]")
{
    lab of;
    running_server server(of);
    server.stop();
    CHECK(server.ask("GET", "/health").empty());
}

TEST_CASE("the administrator of the configuration can log in, and its password is not printed", "[server]")
{
    lab of;
    running_server server(of);
    auto const token = log_in(server, admin_email, admin_password);
    auto const me = server.ask("GET", "/api/v1/user/me", "", token);
    auto const said = server.stop();
    CHECK(is_status(me, 200));
    CHECK(text_of(me, "email") == admin_email);
    CHECK_FALSE(has(said.all(), admin_password));
    CHECK_FALSE(has(said.all(), token));
}

TEST_CASE("the first administrator of a lab gets a password that is printed once", "[server]")
{
    lab of;
    of.environment().erase("ADMIN_EMAIL");
    of.environment().erase("ADMIN_PASSWORD");
    running_server first(of);
    auto const said = first.stop();
    std::smatch found;
    REQUIRE(std::regex_search(said.out, found, std::regex(R"((admin@[\w.]+) .*: ([\w-]{16,}))")));
    running_server second(of);
    auto const token = log_in(second, found[1], found[2]);
    auto const again = second.stop();
    CHECK_FALSE(token.empty());
    CHECK_FALSE(has(again.all(), found[2].str()));
}

TEST_CASE("an administrator that the configuration can't have is refused at start", "[server]")
{
    lab of;
    of.set_up(lab::administrator::none);
    of.good({"user", "create", "--email", ana, "--role", "user"}, std::string(password) + "\n");
    of.environment()["ADMIN_EMAIL"] = ana;
    auto const said = run_lab(of);
    CHECK(said.exit_code == 1);
    CHECK(has(said.err, "ADMIN_EMAIL ya tiene una cuenta que no es de administración"));
    lab other;
    other.environment()["ADMIN_EMAIL"] = "no address";
    auto const refused = run_lab(other);
    CHECK(refused.exit_code == 1);
    CHECK(has(refused.err, "ADMIN_EMAIL"));
}

TEST_CASE("a mail is printed by a lab and kept in its inbox", "[server][inbox]")
{
    lab of;
    std::string registered;
    bool printed = false;
    {
        running_server server(of);
        registered = server.ask("POST", "/api/v1/auth/register", credentials(ana, password));
        printed = server.logs("verify-email?token=");
        CHECK(server.stop().exit_code == 0);
    }
    CHECK(is_status(registered, 201));
    CHECK(printed);
    auto const listed = of.good({"inbox"});
    CHECK(has(listed, "ana@example.com  verify_email  http"));
    CHECK(of.good({"inbox", "--to", "ANA@example.com"}) == listed);
    CHECK(of.good({"inbox", "--to", "eva@example.com"}).empty());
    auto const token = of.good({"inbox", "--token"});
    CHECK(has(listed, "token=" + token.substr(0, token.size() - 1)));
    auto const none = of.admin({"inbox", "--to", "eva@example.com", "--token"});
    CHECK(none.exit_code == 1);
    CHECK(has(none.err, "no hay ningún correo con token"));
}

TEST_CASE("the inbox is a lab's alone", "[admin][inbox]")
{
    lab of;
    of.good({"migrate", "up"});
    of.go_to_production();
    auto const said = of.admin({"inbox"});
    CHECK(said.exit_code == 1);
    CHECK(has(said.err, "solo existe en el laboratorio"));
}

TEST_CASE("a lockout that logins brought about is lifted by the tool", "[server][admin]")
{
    lab of;
    of.set_up();
    of.good({"user", "create", "--email", ana, "--role", "user"}, std::string(password) + "\n");
    running_server server(of);
    for (int i = 0; i < 5; ++i) server.ask("POST", "/api/v1/auth/login", credentials(ana, "no es la buena"));
    auto const locked = log_in(server, ana, password);
    server.stop();
    of.good({"user", "unlock", "--email", ana});
    running_server again(of);
    auto const free = log_in(again, ana, password);
    again.stop();
    CHECK(locked.empty());
    CHECK_FALSE(free.empty());
}

TEST_CASE("a restored database has no session of its moment", "[server][restore]")
{
    lab of;
    running_server server(of);
    auto const token = log_in(server, admin_email, admin_password);
    server.stop();
    of.good({"backup", of.folder() / "copy"});
    CHECK(has(of.good({"restore", of.folder() / "copy"}), "sessions ended: 1"));
    running_server again(of);
    auto const before = again.ask("GET", "/api/v1/user/me", "", token);
    auto const after = log_in(again, admin_email, admin_password);
    again.stop();
    CHECK(is_status(before, 401));
    CHECK_FALSE(after.empty());
}

TEST_CASE("a port that somebody has is refused with the variable named", "[server]")
{
    taken_port const port;
    lab of;
    of.environment()["PORT"] = port.number();
    auto const said = run_lab(of);
    CHECK(said.exit_code == 1);
    CHECK(has(said.err, "HOST / PORT"));
}

TEST_CASE("a database that can't be used is refused at start with the way out", "[server]")
{
    lab newer;
    newer.good({"migrate", "up"});
    newer.sql("INSERT INTO schema_migrations SELECT max(version) + 1, name, checksum, applied_at FROM schema_migrations");
    auto const of_newer = run_lab(newer);
    CHECK(of_newer.exit_code == 1);
    CHECK(has(of_newer.err, "❌ Base de datos: "));
    CHECK(has(of_newer.err, "metabuilder-admin"));
    lab damaged;
    damaged.folder().write("metabuilder.db", std::string(19'000, 'x'));
    auto const of_damaged = run_lab(damaged);
    CHECK(of_damaged.exit_code == 1);
    CHECK(has(of_damaged.err, "metabuilder-admin"));
}

TEST_CASE("health is asked of the server of the same configuration", "[server][health]")
{
    lab of;
    auto const port = free_port();
    of.environment()["PORT"] = std::to_string(port);
    auto const before = run_lab(of, {"--healthcheck"});
    int during = -1;
    {
        running_server server(of);
        // in the disguise of the server: it has the same configuration
        char const* const line[] = {"metabuilder-lab", "--healthcheck", nullptr};
        during = composition::run_server(config::profile::development, line[0], 2, line);
        server.stop();
    }
    CHECK(before.exit_code == 1);
    CHECK(has(before.err, "HOST / PORT"));
    CHECK(during == 0);
}

TEST_CASE("without certificates there is nothing to reload", "[server]")
{
    lab of;
    running_server server(of);
    server.reload();
    auto const told = server.logs("nothing to reload");
    auto const health = server.ask("GET", "/health");
    CHECK(server.stop().exit_code == 0);
    CHECK(told);
    CHECK(is_status(health, 200));
}

TEST_CASE("a certificate is read again at a signal, and a broken one changes nothing", "[server][tls]")
{
    lab of;
    auto const now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    auto const make = [&](std::chrono::hours life) {
        return make_certificate({.from = instant{now.time_since_epoch()} - 1h, .until = instant{now.time_since_epoch()} + life});
    };
    auto const first = make(24h * 90);
    auto const second = make(24h * 10);
    of.environment()["TLS_CERT_FILE"] = of.folder().write("cert.pem", first.certificate);
    of.environment()["TLS_KEY_FILE"] = write_key(of.folder(), "key.pem", first.key);
    running_server server(of);
    of.folder().write("cert.pem", second.certificate);
    of.folder().write("key.pem", second.key);
    server.reload();
    auto const renewed = server.logs("certificate renewed");
    of.folder().write("cert.pem", first.certificate);
    server.reload();
    auto const refused = server.logs("certificate not renewed, the old one stays");
    auto const in_clear = server.ask("GET", "/health");
    auto const said = server.stop();
    CHECK(renewed);
    CHECK(refused);
    CHECK_FALSE(is_status(in_clear, 200));
    CHECK(said.exit_code == 0);
    CHECK(has(said.out, "https://localhost:"));
    CHECK(has(said.all(), "TLS_CERT_FILE expires on"));
    CHECK(has(said.all(), "TLS_KEY_FILE is not the key of TLS_CERT_FILE"));
}

TEST_CASE("a certificate that can't be served is refused at start", "[server][tls]")
{
    lab of;
    of.environment()["TLS_CERT_FILE"] = of.folder().write("cert.pem", "no certificate");
    of.environment()["TLS_KEY_FILE"] = write_key(of.folder(), "key.pem", "no key");
    auto const said = run_lab(of);
    CHECK(said.exit_code == 1);
    CHECK(has(said.err, "TLS_CERT_FILE"));
    CHECK_FALSE(std::filesystem::exists(of.database_file()));
}

TEST_CASE("a country database is read again at a signal", "[server][countries]")
{
    lab of;
    of.environment()["GEOIP_DB"] = of.folder().write("countries.mmdb", content_of(MB_TEST_COUNTRIES));
    running_server server(of);
    server.reload();
    auto const again = server.logs("country database read again");
    server.stop();
    CHECK(again);
}

TEST_CASE("stray requests are written down when the server ends", "[server]")
{
    lab of;
    running_server server(of);
    server.ask("GET", "/wp-login.php");
    server.stop();
    CHECK(of.sql("SELECT count(*) FROM audit_logs WHERE event_type = 'RUTA_DESCONOCIDA'") == words{"1"});
}

TEST_CASE("metrics tell of the tasks and of the process", "[server][metrics]")
{
    lab of;
    running_server server(of);
    auto const text = server.ask("GET", "/metrics");
    server.stop();
    for (auto const* const name :
         {"metabuilder_task_runs_total{task=\"mail\"}", "process_open_fds", "metabuilder_anomalies_lost_total", "metabuilder_outbox_messages"})
        CHECK(has(text, name));
}

TEST_CASE("a server on PostgreSQL and Redis serves and ends as one on SQLite does", "[server][postgres][redis]")
{
    postgres_testing::database const database(postgres_testing::content::empty);
    testing::redis_server const redis;
    lab of;
    of.environment()["DATABASE_URL"] = database.url();
    of.environment()["REDIS_URL"] = "redis://127.0.0.1:" + std::to_string(redis.port());
    running_server server(of);
    auto const token = log_in(server, admin_email, admin_password);
    auto const me = server.ask("GET", "/api/v1/user/me", "", token);
    auto const text = server.ask("GET", "/metrics");
    auto const said = server.stop();
    CHECK(is_status(me, 200));
    CHECK(has(text, "metabuilder_redis_up 1"));
    CHECK(said.exit_code == 0);
}

TEST_CASE("a server whose Redis is not there says so and serves", "[server][redis]")
{
    lab of;
    of.environment()["REDIS_URL"] = "redis://127.0.0.1:" + std::to_string(free_port());
    running_server server(of);
    auto const token = log_in(server, admin_email, admin_password);
    auto const said = server.stop();
    CHECK_FALSE(token.empty());
    CHECK(has(said.all(), "not reached: serving without it, with reduced rate limits"));
    CHECK(said.exit_code == 0);
}

TEST_CASE("a job that fails is told and counted, and the server goes on", "[server][jobs]")
{
    lab of;
    of.set_up();
    running_server server(of);
    of.sql("ALTER TABLE outbox RENAME TO hidden_outbox");
    auto const told = server.logs("\"message\":\"job failed\"");
    auto const text = server.ask("GET", "/metrics");
    of.sql("ALTER TABLE hidden_outbox RENAME TO outbox");
    auto const health = server.ask("GET", "/health");
    auto const said = server.stop();
    CHECK(told);
    CHECK(has(said.all(), "\"job\":\"mail\""));
    CHECK_FALSE(has(text, "metabuilder_task_failures_total{task=\"mail\"} 0"));
    CHECK(is_status(health, 200));
    CHECK(said.exit_code == 0);
}

TEST_CASE("logins that fail too often are an anomaly, which is logged", "[server][anomalies]")
{
    lab of;
    of.environment()["LOCKOUT_FAILURES"] = "100";
    running_server server(of);
    for (int i = 0; i < 6; ++i) server.ask("POST", "/api/v1/auth/login", credentials(admin_email, "no es la buena"));
    auto const told = server.logs("\"module\":\"anomalies\"");
    auto const said = server.stop();
    CHECK(told);
    CHECK(has(said.all(), "\"threshold\":5"));
    CHECK(has(said.all(), "\"window_seconds\":600"));
}

TEST_CASE("whoever manages services is told of the start, of life and of the end", "[server]")
{
    lab of;
    auto const path = of.folder() / "notify";
    int const manager = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    path.copy(where.sun_path, sizeof where.sun_path - 1);
    REQUIRE(::bind(manager, reinterpret_cast<sockaddr const*>(&where), sizeof where) == 0);
    of.environment().insert({{"NOTIFY_SOCKET", path}, {"WATCHDOG_USEC", "30000"}});
    std::string heard;
    auto const hear = [&](std::string_view awaited) {
        timeval const limit{.tv_sec = 30, .tv_usec = 0};
        ::setsockopt(manager, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        std::array<char, 256> piece{};
        while (!has(heard, awaited)) {
            auto const bytes = ::recv(manager, piece.data(), piece.size(), 0);
            if (bytes <= 0) return false;
            heard.append(piece.data(), static_cast<std::size_t>(bytes)).append("\n");
        }
        return true;
    };
    running_server server(of);
    auto const ready = hear("READY=1");
    auto const alive = hear("WATCHDOG=1");
    server.stop();
    auto const stopping = hear("STOPPING=1");
    ::close(manager);
    CHECK(ready);
    CHECK(alive);
    CHECK(stopping);
}

TEST_CASE("a server with a mail server serves while that one is away, and postpones its mails", "[server][jobs]")
{
    lab of;
    of.environment().insert({{"SMTP_URL", "smtp://127.0.0.1:" + std::to_string(free_port())}, {"MAIL_FROM", "no-reply@example.com"}});
    running_server server(of);
    auto const registered = server.ask("POST", "/api/v1/auth/register", credentials(ana, password));
    std::string text;
    // the mail is tried at the next turn of the job; how that went is counted at its end
    for (int i = 0; i < 2'000 && !has(text, "metabuilder_mails_total{result=\"postponed\"} 1"); ++i) text = server.ask("GET", "/metrics");
    auto const said = server.stop();
    CHECK(is_status(registered, 201));
    CHECK(has(text, "metabuilder_mails_total{result=\"postponed\"} 1"));
    CHECK_FALSE(has(said.all(), "verify-email?token="));
    CHECK(said.exit_code == 0);
}

TEST_CASE("what is unwise in a configuration is told when a production server starts", "[server]")
{
    lab of;
    of.go_to_production();
    of.environment()["SQLITE_SYNCHRONOUS"] = "NORMAL";
    running_server server(of, config::profile::production);
    auto const foreign = server.ask("GET", "/health");
    auto const said = server.stop();
    CHECK_FALSE(is_status(foreign, 200));  // it named localhost
    CHECK(has(said.all(), "SQLITE_SYNCHRONOUS=NORMAL may lose the last changes"));
    CHECK_FALSE(has(said.out, "metabuilder-admin inbox"));
    CHECK(said.exit_code == 0);
}

TEST_CASE("the log is of the shape and the level that the configuration asks for", "[server]")
{
    lab of;
    of.environment()["LOG_FORMAT"] = "text";
    of.environment()["LOG_LEVEL"] = "error";
    of.environment()["PORT"] = std::to_string(free_port());
    running_server server(of);
    auto const said = server.stop();
    CHECK(said.exit_code == 0);
    CHECK_FALSE(has(said.all(), "\"message\""));
    CHECK_FALSE(has(said.all(), "serving"));
}
