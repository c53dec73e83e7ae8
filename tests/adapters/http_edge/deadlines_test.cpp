#include "tests/adapters/http_edge/edge_fixture.hpp"

#include <catch2/catch.hpp>

#include <thread>

namespace mb::http::testing {

using namespace std::chrono_literals;

namespace {

/// Nothing visible tells that the server has read what was sent, or has looked at a deadline that holds.
void let_arrive()
{
    for (int i = 0; i < 20; ++i) pause_briefly();
}

}  // namespace

TEST_CASE("a head that is slow gets 408 at its deadline, not before", "[edge][deadline]")
{
    running_edge server;
    raw_client client(server.edge->port());
    client.send("GET / HTTP/1.1\r\nHost: local");
    let_arrive();
    server.time.advance(10s - 1us);
    client.send("host\r\n");
    let_arrive();
    CHECK(server.edge->counters().timed_out == 0);
    server.time.advance(1us);
    auto const got = client.read();
    CHECK(got.status == 408);
    CHECK(got.head.find("Connection: close") != std::string::npos);
    CHECK(client.ends());
    CHECK(server.edge->counters().timed_out == 1);
}

TEST_CASE("a connection that says nothing is closed without a word", "[edge][deadline]")
{
    running_edge server;
    raw_client fresh(server.edge->port());
    raw_client used(server.edge->port());
    used.send(get("/a"));
    CHECK(used.read().status == 200);
    let_arrive();
    server.time.advance(30s - 1us);
    let_arrive();
    CHECK(server.edge->counters().connections_open == 2);
    server.time.advance(1us);
    CHECK(fresh.ends());
    CHECK(used.ends());
}

TEST_CASE("a body that stands still gets 408 when the grace is over", "[edge][deadline]")
{
    running_edge server;
    raw_client client(server.edge->port());
    client.send("POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\nabc");
    let_arrive();
    server.time.advance(5s - 1us);
    let_arrive();
    CHECK(server.edge->counters().timed_out == 0);
    server.time.advance(1us);
    CHECK(client.read().status == 408);
    CHECK(client.ends());
}

TEST_CASE("a body that keeps its pace may take its time, up to the last deadline", "[edge][deadline]")
{
    running_edge server;
    raw_client client(server.edge->port());
    client.send("POST /mib HTTP/1.1\r\nHost: localhost\r\nContent-Length: 600000\r\n\r\n" + std::string(31 * 1024, 'x'));
    let_arrive();
    server.time.advance(30s - 1us);
    let_arrive();
    CHECK(server.edge->counters().timed_out == 0);
    server.time.advance(1us);
    CHECK(client.read().status == 408);
}

TEST_CASE("a chunked body can't be kept alive by its framing", "[edge][deadline]")
{
    running_edge server;
    raw_client client(server.edge->port());
    client.send("POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(8 * 1024, 'x'));
    let_arrive();
    server.time.advance(5s);
    CHECK(client.read().status == 408);
}

TEST_CASE("a handler that is late is answered for with 503, and its answer dropped", "[edge][deadline]")
{
    running_edge server;
    raw_client client(server.edge->port());
    client.send(get("/hold"));
    auto const held = server.behind.take_held();
    REQUIRE(held != nullptr);
    server.time.advance(15s - 1us);
    let_arrive();
    CHECK_FALSE(held->abandoned());
    server.time.advance(1us);
    CHECK(client.read().status == 503);
    CHECK(held->abandoned());
    held->answer(text_answer("late"));
    CHECK(client.ends());
}

TEST_CASE("an answer races with its deadline, and one of them is sent", "[edge][deadline][race]")
{
    running_edge server;
    int in_time = 0;
    for (int round = 0; round < 200; ++round) {
        raw_client client(server.edge->port());
        client.send(get("/hold"));
        auto held = server.behind.take_held();
        REQUIRE(held != nullptr);
        std::thread answering([&] { held->answer(text_answer("made")); });
        server.time.advance(15s);
        auto const got = client.read();
        answering.join();
        CHECK((got.status == 200 || got.status == 503));
        in_time += got.status == 200;
    }
    CHECK(in_time <= 200);
    CHECK(server.edge->counters().failures == 0);
}

TEST_CASE("a reader that takes nothing is cut at the write deadline", "[edge][deadline]")
{
    running_edge server;
    raw_client client(server.edge->port(), 4096);
    client.send(get("/big"));
    REQUIRE(eventually([&] { return server.behind.served() == 1; }));
    let_arrive();
    server.time.advance(15s - 1us);
    let_arrive();
    CHECK(server.edge->counters().connections_open == 1);
    server.time.advance(1us);
    CHECK(eventually([&] { return server.edge->counters().connections_open == 0; }));
    CHECK(server.edge->counters().timed_out == 1);
}

TEST_CASE("a reader that takes its time gets a large answer whole", "[edge]")
{
    running_edge server;
    raw_client client(server.edge->port(), 4096);
    client.send(get("/big") + get("/next"));
    CHECK(client.read().body.size() == 8 * 1024 * 1024);
    CHECK(client.read().body.find("GET next?") == 0);
}

TEST_CASE("a client that stays after the last answer is closed after a second", "[edge][deadline]")
{
    running_edge server;
    raw_client client(server.edge->port());
    client.send("BAD\r\n\r\n");
    CHECK(client.read().status == 400);
    CHECK(server.edge->counters().connections_open == 1);
    let_arrive();
    server.time.advance(1s);
    CHECK(eventually([&] { return server.edge->counters().connections_open == 0; }));
}

TEST_CASE("a client that goes on sending after the last answer is closed after 64 KiB", "[edge]")
{
    running_edge server;
    raw_client client(server.edge->port());
    client.send("BAD\r\n\r\n" + std::string(256 * 1024, 'x'));
    CHECK(eventually([&] { return server.edge->counters().connections_open == 0; }));
}

}  // namespace mb::http::testing
