#include "adapters/http/application.hpp"
#include "tests/adapters/http/in_process.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <vector>

using namespace mb;
using namespace mb::http;
using namespace mb::http::testing;

namespace {

/// A server that does one thing at a time, with room for so many that wait.
in_process_options narrow(std::size_t waiting)
{
    in_process_options options;
    options.settings.read_threads = 1;
    options.settings.write_threads = 1;
    options.settings.hash_threads = 1;
    options.settings.requests_in_work_max = 1;
    options.settings.requests_waiting_max = waiting;
    return options;
}

asked_request begin_change(in_process& server, session const& who, std::string const& name)
{
    return server.begin("PATCH /api/v1/user/me", bearer(who), object_of({{"display_name", name}}));
}

bool is_overloaded(reply const& said) { return said.status == 503 && said.code() == "SERVIDOR_SOBRECARGADO" && said.field("Retry-After") == "1"; }

}  // namespace

TEST_CASE("past the requests in work and those that may wait, the next one is told to come back")
{
    in_process server(narrow(1));
    auto const who = server.log_in_someone();
    server.writing.close();
    auto const running = begin_change(server, who, "One");
    server.writing.wait_for(1);
    auto const waiting = begin_change(server, who, "Two");
    auto const refused = server.ask("PATCH /api/v1/user/me", bearer(who), object_of({{"display_name", "Three"}}));
    CHECK(is_overloaded(refused));
    CHECK_FALSE(running.is_answered());
    server.writing.open();
    CHECK(running.wait().status == 200);
    CHECK(waiting.wait().at("/display_name") == "Two");
}

TEST_CASE("a full lane refuses, and the others serve on")
{
    in_process server(narrow(100));
    auto const who = server.log_in_someone();
    server.writing.close();
    auto const running = begin_change(server, who, "One");
    server.writing.wait_for(1);
    auto const waiting = begin_change(server, who, "Two");
    CHECK(is_overloaded(begin_change(server, who, "Three").wait()));
    CHECK(server.ask("GET /api/v1/keys", bearer(who)).status == 200);
    server.writing.open();
    CHECK(running.wait().status == 200);
    CHECK(waiting.wait().status == 200);
}

TEST_CASE("past the thirty-two that wait for a hash a login is refused without any hashing")
{
    in_process_options options;
    options.settings.hash_threads = 1;
    in_process server(std::move(options));
    auto const credentials = object_of({{"email", server.someone()}, {"password", right_password}});
    server.hashing.close();
    std::vector<asked_request> begun;
    begun.push_back(server.begin("POST /api/v1/auth/login", {}, credentials));
    server.hashing.wait_for(1);
    for (int i = 0; i < 32; ++i) begun.push_back(server.begin("POST /api/v1/auth/login", {}, credentials));
    CHECK(is_overloaded(server.ask("POST /api/v1/auth/login", {}, credentials)));
    server.hashing.open();
    CHECK(std::ranges::all_of(begun, [](auto const& each) { return each.wait().status == 200; }));
}

TEST_CASE("who waits too long for a busy lane is answered while it is still busy")
{
    in_process server(narrow(100));
    auto const who = server.log_in_someone();
    server.writing.close();
    auto const running = begin_change(server, who, "One");
    server.writing.wait_for(1);
    auto const waiting = begin_change(server, who, "Two");
    CHECK_FALSE(waiting.is_answered());
    server.expire_waiting();
    CHECK(is_overloaded(waiting.wait()));
    CHECK_FALSE(running.is_answered());
    server.writing.open();
    CHECK(running.wait().status == 200);
    CHECK(server.ask("GET /api/v1/user/me", bearer(who)).at("/display_name") == "One");
}

TEST_CASE("what nobody waits for any more is not done")
{
    in_process server(narrow(100));
    auto const who = server.log_in_someone();
    server.writing.close();
    auto const running = begin_change(server, who, "One");
    server.writing.wait_for(1);
    auto const waiting = begin_change(server, who, "Two");
    waiting.abandon();
    server.writing.open();
    CHECK(running.wait().status == 200);
    CHECK(waiting.wait().body.empty());
    CHECK(server.ask("GET /api/v1/user/me", bearer(who)).at("/display_name") == "One");
}

TEST_CASE("a denial that can't be written down at once is told to come back")
{
    in_process server(narrow(100));
    auto const who = server.log_in_someone();
    auto const key = server.ask("POST /api/v1/keys", bearer(who), R"({"name":"robot","scopes":["get"]})").at("/key");
    server.writing.close();
    auto const running = begin_change(server, who, "One");
    server.writing.wait_for(1);
    auto const late = server.begin("GET /api/v1/user/me", bearer(key));  // waits to be written
    CHECK(is_overloaded(server.ask("GET /api/v1/user/me", bearer(key))));
    server.expire_waiting();
    CHECK(is_overloaded(late.wait()));
    server.writing.open();
    CHECK(running.wait().status == 200);
    CHECK(server.ask("GET /api/v1/user/me", bearer(key)).code() == "ALCANCE_INSUFICIENTE");
}

TEST_CASE("a server that stops takes no more work for its lanes")
{
    in_process server;
    auto const who = server.log_in_someone();
    server.behind().stop();
    CHECK(is_overloaded(server.ask("GET /api/v1/keys", bearer(who))));
    CHECK(server.ask("GET /health").status == 200);
}

TEST_CASE("a server that drains says so to a balancer and serves on")
{
    in_process server;
    auto const who = server.log_in_someone();
    auto const before = server.ask("GET /api/v1/health/ready");
    CHECK(before.status == 200);
    CHECK(before.at("/draining") == "false");
    CHECK(before.at("/dependencies/database") == "ok");
    server.behind().begin_drain();
    auto const after = server.ask("GET /api/v1/health/ready");
    CHECK(after.status == 503);
    CHECK(after.at("/draining") == "true");
    CHECK(after.at("/ready") == "false");
    CHECK(server.ask("GET /api/v1/health/live").status == 200);
    CHECK(server.ask("GET /api/v1/keys", bearer(who)).status == 200);
}

TEST_CASE("the loss of what is required makes a server unready, and of what helps doesn't")
{
    in_process server;
    server.dependencies = {{"database", true, need::required}, {"redis", false, need::helpful}};
    auto const without_help = server.ask("GET /api/v1/health/ready");
    CHECK(without_help.status == 200);
    CHECK(without_help.at("/dependencies/redis") == "unavailable");
    server.dependencies.front().ready = false;
    CHECK(server.ask("GET /api/v1/health/ready").status == 200);  // asked at most once a second
    server.clock.advance(std::chrono::seconds{1});
    CHECK(server.ask("GET /api/v1/health/ready").status == 503);
}
