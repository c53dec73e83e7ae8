#include "tests/adapters/http_edge/edge_fixture.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <memory>
#include <thread>

namespace mb::http::testing {

using namespace std::chrono_literals;

namespace {

std::vector<std::unique_ptr<raw_client>> connect_many(running_edge& server, std::size_t count)
{
    std::vector<std::unique_ptr<raw_client>> clients;
    for (std::size_t i = 0; i < count; ++i) {
        clients.push_back(std::make_unique<raw_client>(server.edge->port()));
        clients.back()->send(get("/a"));
        REQUIRE(clients.back()->read().status == 200);
    }
    return clients;
}

}  // namespace

TEST_CASE("an address may hold so many connections and no more", "[edge][caps]")
{
    edge_limits limits;
    limits.connections_per_address_max = 3;
    running_edge server(limits);
    auto clients = connect_many(server, 3);
    {
        raw_client fourth(server.edge->port());
        auto const got = fourth.read();
        CHECK(got.status == 503);
        CHECK(got.head.find("Connection: close") != std::string::npos);
        CHECK(fourth.ends());
    }
    CHECK(server.edge->counters().connections_refused == 1);
    clients.pop_back();
    CHECK(eventually([&] { return server.edge->counters().connections_open == 2; }));
    connect_many(server, 1);
}

TEST_CASE("the server holds so many connections and no more", "[edge][caps]")
{
    edge_limits limits;
    limits.connections_max = 2;
    running_edge server(limits);
    auto const clients = connect_many(server, 2);
    raw_client third(server.edge->port());
    CHECK(third.read().status == 503);
}

TEST_CASE("without descriptors clients are refused, and served again when there are some", "[edge][caps]")
{
    running_edge server;
    auto const clients = connect_many(server, 2);
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    // our side of the connection takes the last descriptor; the server's side has none
    int const next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::close(next);
    rlimit const tight{static_cast<rlim_t>(next) + 1, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
    {
        raw_client refused(server.edge->port());
        auto const got = refused.read();
        ::setrlimit(RLIMIT_NOFILE, &before);
        CHECK(got.status == 503);
    }
    CHECK(server.edge->counters().accept_failures >= 1);
    clients.front()->send(get("/still"));
    CHECK(clients.front()->read().status == 200);
    connect_many(server, 1);
}

TEST_CASE("a drain lets begun requests finish and closes idle connections", "[edge][drain]")
{
    running_edge server;
    raw_client idle(server.edge->port());
    idle.send(get("/a"));
    REQUIRE(idle.read().status == 200);
    raw_client busy(server.edge->port());
    busy.send(get("/hold") + get("/pipelined"));
    auto held = server.behind.take_held();
    REQUIRE(held != nullptr);

    std::size_t cut = 99;
    std::thread draining([&] { cut = server.edge->drain(5s); });
    CHECK(idle.ends());
    CHECK(eventually([&] { return !raw_client(server.edge->port()).connected(); }));
    held->answer(text_answer("finished"));
    auto const got = busy.read();
    CHECK(got.body == "finished");
    CHECK(got.head.find("Connection: close\r\n") != std::string::npos);
    CHECK(busy.ends());
    busy.close();
    draining.join();
    CHECK(cut == 0);
    CHECK(server.behind.served() == 2);
}

TEST_CASE("a drain cuts what does not finish, and says how much", "[edge][drain]")
{
    running_edge server;
    raw_client first(server.edge->port());
    raw_client second(server.edge->port());
    raw_client third(server.edge->port());
    first.send(get("/hold"));
    second.send(get("/hold"));
    third.send("POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n");
    auto const one = server.behind.take_held();
    auto const two = server.behind.take_held();
    REQUIRE((one && two));
    for (int i = 0; i < 20; ++i) pause_briefly();
    CHECK(server.edge->drain(10ms) == 3);
    CHECK(server.edge->drain(10ms) == 0);
    CHECK(first.ends());
    CHECK(third.ends());
    CHECK(one->abandoned());
}

TEST_CASE("a drain under load loses no answer that it began", "[edge][drain][race]")
{
    for (int round = 0; round < 200; ++round) {
        running_edge server;
        raw_client client(server.edge->port());
        client.send(get("/hold"));
        auto held = server.behind.take_held();
        REQUIRE(held != nullptr);
        std::thread answering([&] { held->answer(text_answer("made")); });
        std::string got;
        std::thread leaving([&] {
            got = client.read().body;
            client.close();
        });
        CHECK(server.edge->drain(5s) == 0);
        answering.join();
        leaving.join();
        CHECK(got == "made");
    }
}

TEST_CASE("options that make no sense are named, and an address that is taken is an error", "[edge]")
{
    manual_clock time;
    echo_service behind;
    auto const listen = [&](auto change) {
        edge_options options;
        options.allowed_hosts = {"localhost"};
        change(options);
        return server::listen(options, behind, time);
    };
    auto const first = listen([](edge_options&) {});
    REQUIRE(first);
    auto const taken = listen([&](edge_options& options) { options.port = (*first)->port(); });
    REQUIRE_FALSE(taken);
    CHECK(taken.error().code == errc::unavailable);
    CHECK(listen([](edge_options& options) { options.address = "localhost"; }).error().detail == "address");
    CHECK(listen([](edge_options& options) { options.allowed_hosts = {"a b"}; }).error().detail == "allowed_hosts");
    CHECK(listen([](edge_options& options) { options.io_threads = 0; }).error().detail == "io_threads");
    CHECK(listen([](edge_options& options) { options.limits.pipelined_max = 0; }).error().detail == "limits");
    CHECK(listen([](edge_options& options) { options.sweep_period = 0ms; }).error().detail == "sweep_period");
}

}  // namespace mb::http::testing
