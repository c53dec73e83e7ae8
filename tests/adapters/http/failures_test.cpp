#include "adapters/http/application.hpp"
#include "adapters/http/exposition.hpp"
#include "tests/adapters/http/in_process.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

using namespace mb;
using namespace mb::http;
using namespace mb::http::testing;

namespace {

std::string correlation_of(reply const& said) { return said.field("X-Correlation-ID"); }

}  // namespace

TEST_CASE("a denial is the answer though it could not be written down, and the log says so")
{
    in_process server;
    auto const who = server.log_in_someone();
    server.store().fail_next(fakes::outage_store::stage::begin, errc::unavailable);
    CHECK(server.ask("GET /api/v1/admin/users", bearer(who)).code() == "SIN_PERMISO");
    CHECK(server.events("PERMISSION_DENIED") == 0);
    CHECK(server.logged().find("denial not recorded") != std::string::npos);
}

TEST_CASE("a handler that throws is an error of the server, and tells nothing of it")
{
    in_process server;
    server.peer = client_address{std::string("\x7f\x00\x00\x01", 4)};
    server.more_metrics = [](exposition&) { throw std::runtime_error("a secret of the inside"); };
    auto const said = server.ask("GET /metrics");
    CHECK(said.status == 500);
    CHECK(said.code() == "ERROR_INTERNO");
    CHECK(said.body.find("inside") == std::string::npos);
    CHECK(server.logged().find("a secret of the inside") != std::string::npos);
}

TEST_CASE("a job that throws what is no exception of the standard library costs its own answer only")
{
    in_process server;
    auto const who = server.log_in_someone();
    server.writing.interrupt([] { throw 7; });
    auto const said = server.ask("PATCH /api/v1/user/me", bearer(who), R"({"display_name":"Ana"})");
    CHECK(said.status == 500);
    CHECK(server.logged().find("job failed") != std::string::npos);
    CHECK(server.ask("PATCH /api/v1/user/me", bearer(who), R"({"display_name":"Ana"})").status == 200);
    server.peer = client_address{std::string("\x7f\x00\x00\x01", 4)};
    server.more_metrics = [](exposition&) { throw 7; };
    CHECK(server.ask("GET /metrics").status == 500);
}

TEST_CASE("where nobody knows what is left of an allowance, nothing is allowed")
{
    in_process server;
    auto const who = server.log_in_someone();
    server.lose_limits();
    for (std::string const line : {"GET /api/v1/user/me", "GET /api/v1/keys"}) {
        auto const said = server.ask(line, bearer(who));
        CHECK(said.status == 503);
        CHECK(said.code() == "ALMACENAMIENTO_NO_DISPONIBLE");
    }
    CHECK(server.ask("GET /health").status == 200);
}

TEST_CASE("a quiet log keeps failures of the server and no line of each request")
{
    in_process_options options;
    options.log_is_quiet = true;
    in_process server(std::move(options));
    auto const who = server.log_in_someone();
    CHECK(server.ask("GET /api/v1/user/me", bearer(who)).status == 200);
    CHECK(server.logged().empty());
    server.store().fail_next(fakes::outage_store::stage::begin, errc::corrupt);
    auto const said = server.ask("PATCH /api/v1/user/me", bearer(who), R"({"display_name":"Ana"})");
    CHECK(said.status == 500);
    CHECK(server.logged().find(correlation_of(said)) != std::string::npos);
}

TEST_CASE("errors of the world are told apart, and each is in the log")
{
    in_process server;
    auto const who = server.log_in_someone();
    struct told {
        errc code;
        int status;
        std::string name;
    };
    for (auto const& each : {told{errc::unavailable, 503, "ALMACENAMIENTO_NO_DISPONIBLE"}, told{errc::busy, 503, "SERVIDOR_SOBRECARGADO"},
                             told{errc::conflict, 409, "CONFLICTO"}, told{errc::outcome_unknown, 503, "ALMACENAMIENTO_NO_DISPONIBLE"},
                             told{errc::corrupt, 500, "ERROR_INTERNO"}}) {
        server.store().fail_next(fakes::outage_store::stage::begin, each.code);
        auto const said = server.ask("PATCH /api/v1/user/me", bearer(who), R"({"display_name":"Ana"})");
        CHECK(said.status == each.status);
        CHECK(said.code() == each.name);
        CHECK(said.count("Retry-After") == (each.status == 503 ? 1 : 0));
        CHECK(server.logged().find(correlation_of(said)) != std::string::npos);
    }
}

TEST_CASE("the log has the row of a request and not what it carried")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const said = server.ask("GET /api/v1/jwt/sessions?limit=17", bearer(who));
    auto const log = server.logged();
    auto const at = log.find(correlation_of(said));
    REQUIRE(at != std::string::npos);
    auto const begin = log.rfind('\n', at) + 1;
    auto const line = log.substr(begin, log.find('\n', at) - begin);
    CHECK(line.find("/api/v1/jwt/sessions") != std::string::npos);
    CHECK(line.find("200") != std::string::npos);
    for (auto const& hidden : {std::string("limit=17"), who.access, who.refresh, who.email, std::string(right_password), std::string("192.0.2.7")})
        CHECK(log.find(hidden) == std::string::npos);
}

TEST_CASE("the figures of a server count logins, tokens and what was refused")
{
    in_process server;
    server.more_metrics = [&](exposition& into) { server.behind().write_metrics(into); };
    auto const who = server.log_in_someone();
    (void)server.ask("POST /api/v1/auth/login", {}, object_of({{"email", who.email}, {"password", "wrong password"}}));
    (void)server.ask("GET /api/v1/user/me", bearer("x.y.z"));
    (void)server.ask("GET /api/v1/user/me");
    (void)server.ask("GET /api/v1/admin/users", bearer(who));
    (void)server.ask("PATCH /api/v1/user/password", bearer("x.y.z"), "{}");
    (void)server.ask("PATCH /api/v1/user/password", bearer(who), object_of({{"current_password", "x"}, {"new_password", fresh_password}}));
    server.peer = client_address{std::string("\x7f\x00\x00\x01", 4)};
    auto const text = server.ask("GET /metrics").body;
    for (std::string const line :
         {"metabuilder_failed_login_count 2\n", "metabuilder_invalid_token_count 3\n", "metabuilder_unauthorized_access_count 1\n",
          "metabuilder_error_rate_5xx 0\n", "metabuilder_lane_waiting{lane=\"hash\"} 0\n", "metabuilder_requests_refused_total 0\n",
          "metabuilder_http_requests_total{method=\"GET\",route=\"/api/v1/user/me\",status=\"401\"} 2\n"}) {
        INFO(line);
        CHECK(text.find(line) != std::string::npos);
    }
}
