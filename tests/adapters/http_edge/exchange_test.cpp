#include "tests/adapters/http_edge/edge_fixture.hpp"

#include <catch2/catch.hpp>

#include <thread>

namespace mb::http::testing {

using namespace std::chrono_literals;

TEST_CASE("pipelined requests are answered in their order", "[edge]")
{
    running_edge server;
    raw_client client(server.edge->port());
    std::string many;
    for (int i = 0; i < 100; ++i) many += get((i % 3 == 0 ? "/later/" : "/n/") + std::to_string(i));
    // /later answers from another thread, so that the next ones wait in the buffer
    many += post("/last", "body");
    client.send(many);
    for (int i = 0; i < 100; ++i) {
        INFO(i);
        auto const got = client.read();
        REQUIRE(got.status == 200);
        if (i % 3 != 0) CHECK(got.body.find("GET n " + std::to_string(i) + "?") == 0);
    }
    CHECK(client.read().body.find("body=body") != std::string::npos);
}

TEST_CASE("what is pipelined behind Connection: close is not parsed", "[edge]")
{
    running_edge server;
    raw_client client(server.edge->port());
    client.send(get("/a") + get("/b", "Connection: close\r\n") + get("/c"));
    CHECK(client.read().body.find("GET a?") == 0);
    auto const last = client.read();
    CHECK(last.body.find("GET b?") == 0);
    CHECK(last.head.find("Connection: close\r\n") != std::string::npos);
    CHECK(client.ends());
    CHECK(server.behind.served() == 2);
}

TEST_CASE("a refusal comes behind the answers before it", "[edge]")
{
    running_edge server;
    raw_client client(server.edge->port());
    client.send(get("/later") + "BAD\r\n\r\n" + get("/c"));
    CHECK(client.read().status == 200);
    CHECK(client.read().status == 400);
    CHECK(client.ends());
}

TEST_CASE("HEAD tells the length and sends no body", "[edge]")
{
    running_edge server;
    raw_client client(server.edge->port());
    client.send("HEAD /abc HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/abc"));
    auto const head = client.read(true);
    auto const whole = client.read();
    CHECK(head.head.find("Content-Length: " + std::to_string(whole.body.size() + 1) + "\r\n")
          != std::string::npos);  // HEAD is a letter longer than GET
    CHECK(whole.body.find("GET abc?") == 0);

    raw_client refused(server.edge->port());
    refused.send("HEAD /a//b HTTP/1.1\r\nHost: localhost\r\n\r\n");
    auto const all = refused.read_to_end();
    CHECK(all.starts_with("HTTP/1.1 400 "));
    CHECK(all.ends_with("\r\n\r\n"));
}

TEST_CASE("204 has neither length nor type", "[edge]")
{
    running_edge server;
    raw_client client(server.edge->port());
    client.send(get("/nothing") + get("/next"));
    auto const got = client.read();
    CHECK(got.status == 204);
    CHECK(got.head == "HTTP/1.1 204 No Content\r\nX-Content-Type-Options: nosniff\r\n\r\n");
    CHECK(client.read().status == 200);
}

TEST_CASE("the common fields are in every answer, refusals too", "[edge]")
{
    running_edge server;
    for (auto const& text : {get("/a"), get("/a//b"), std::string("BAD\r\n\r\n")}) {
        raw_client client(server.edge->port());
        client.send(text);
        CHECK(client.read().head.find("\r\nX-Content-Type-Options: nosniff\r\n") != std::string::npos);
    }
}

TEST_CASE("an answer with a line break in a field is not sent", "[edge]")
{
    running_edge server;
    raw_client client(server.edge->port());
    client.send(get("/split"));
    auto const all = client.read_to_end();
    CHECK(all.starts_with("HTTP/1.1 500 "));
    CHECK(all.find("X-Injected") == std::string::npos);
}

TEST_CASE("100 is said only where the body will be read", "[edge]")
{
    running_edge server;
    auto const waiting = [](std::string const& path, std::string const& length) {
        return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + "\r\nExpect: 100-continue\r\n\r\n";
    };
    SECTION("admitted: 100, then the answer")
    {
        raw_client client(server.edge->port());
        client.send(waiting("/a", "3"));
        CHECK(client.read().status == 100);
        client.send("abc");
        CHECK(client.read().body.find("body=abc") != std::string::npos);
    }
    SECTION("too large: 413 at once")
    {
        raw_client client(server.edge->port());
        client.send(waiting("/a", "65537"));
        CHECK(client.read().status == 413);
        CHECK(client.ends());
    }
    SECTION("refused by the head: 401 at once")
    {
        raw_client client(server.edge->port());
        client.send(waiting("/denied", "3"));
        CHECK(client.read().status == 401);
        CHECK(client.ends());
    }
    SECTION("the body is here already: no 100")
    {
        raw_client client(server.edge->port());
        client.send(waiting("/a", "3") + "abc");
        CHECK(client.read().status == 200);
    }
    SECTION("HTTP/1.0 knows no 100")
    {
        raw_client client(server.edge->port());
        client.send("POST /a HTTP/1.0\r\nHost: localhost\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n");
        client.send("x");
        CHECK(client.read().status == 200);
    }
}

TEST_CASE("a responder that is dropped answers 500 and ends the connection", "[edge]")
{
    running_edge server;
    auto const path = GENERATE("/drop", "/throw");
    raw_client client(server.edge->port());
    client.send(get(path));
    CHECK(client.read().status == 500);
    CHECK(client.ends());
    raw_client after(server.edge->port());
    after.send(get("/alive"));
    CHECK(after.read().status == 200);
}

TEST_CASE("a service that throws where it admits costs one connection", "[edge]")
{
    running_edge server;
    raw_client client(server.edge->port());
    client.send(get("/throw_in_admit"));
    CHECK(client.ends());
    raw_client after(server.edge->port());
    after.send(get("/alive"));
    CHECK(after.read().status == 200);
    CHECK(server.edge->counters().failures == 1);
}

TEST_CASE("an answer is taken once", "[edge]")
{
    running_edge server;
    raw_client client(server.edge->port());
    client.send(get("/hold"));
    auto const held = server.behind.take_held();
    REQUIRE(held != nullptr);
    CHECK_FALSE(held->abandoned());
    held->answer(text_answer("first"));
    held->answer(text_answer("second"));
    CHECK(client.read().body == "first");
    client.send(get("/next"));
    CHECK(client.read().body.find("GET next?") == 0);
}

TEST_CASE("a client that resets is known to be gone, and the late answer is dropped", "[edge][race]")
{
    running_edge server;
    for (int round = 0; round < 200; ++round) {
        raw_client client(server.edge->port());
        client.send(get("/hold"));
        auto const held = server.behind.take_held();
        REQUIRE(held != nullptr);
        client.reset();
        if (round % 2 == 0) REQUIRE(eventually([&] { return held->abandoned(); }));
        held->answer(text_answer("too late"));
    }
    CHECK(eventually([&] { return server.edge->counters().connections_open == 0; }));
    CHECK(server.edge->counters().failures == 0);
}

TEST_CASE("a client that ended its side still gets the answer", "[edge]")
{
    running_edge server;
    raw_client client(server.edge->port());
    client.send(get("/hold") + get("/next"));
    client.end_input();
    auto const held = server.behind.take_held();
    REQUIRE(held != nullptr);
    CHECK(eventually([&] { return held->abandoned(); }));
    held->answer(text_answer("still"));
    CHECK(client.read().body == "still");
    CHECK(client.ends());
}

TEST_CASE("work that is given up because the client left ends without an answer", "[edge]")
{
    running_edge server;
    raw_client client(server.edge->port());
    client.send(get("/hold"));
    client.end_input();
    auto held = server.behind.take_held();
    REQUIRE(held != nullptr);
    REQUIRE(eventually([&] { return held->abandoned(); }));
    held.reset();
    CHECK(client.ends());
}

TEST_CASE("a request cut by the end of input is dropped without an answer", "[edge]")
{
    running_edge server;
    auto const text =
        GENERATE(std::string("GET / HT"), std::string("POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nabc"), std::string());
    raw_client client(server.edge->port());
    client.send(text);
    client.end_input();
    CHECK(client.ends());
    CHECK(server.behind.served() == 0);
}

TEST_CASE("answers of other threads reach their own request", "[edge][race]")
{
    running_edge server;
    std::vector<std::thread> askers;
    std::atomic<int> right{0};
    for (int asker = 0; asker < 4; ++asker)
        askers.emplace_back([&, asker] {
            raw_client client(server.edge->port());
            for (int round = 0; round < 200; ++round) {
                auto const mark = std::to_string(asker * 1000 + round);
                client.send(post("/later", mark));
                right += client.read().body == "later " + mark;
            }
        });
    for (auto& asker : askers) asker.join();
    CHECK(right == 800);
}

TEST_CASE("a responder outlives its server", "[edge]")
{
    std::unique_ptr<responder> held;
    {
        running_edge server;
        raw_client client(server.edge->port());
        client.send(get("/hold"));
        held = server.behind.take_held();
        REQUIRE(held != nullptr);
        CHECK(server.edge->drain(0ms) == 1);
        CHECK(server.edge->counters().cut == 1);
        CHECK(client.ends());
    }
    CHECK(held->abandoned());
    held->answer(text_answer("nobody hears it"));
}

TEST_CASE("a body arrives whole in whatever pieces it comes", "[edge]")
{
    running_edge server({}, 1);
    std::string const body = "0123456789abcdefghijklmnopqrstuvwxyz";
    std::string const chunked = "POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n12;x=\"y\"\r\n" + body.substr(0, 18)
                                + "\r\n12\r\n" + body.substr(18) + "\r\n0\r\nX-T: 1\r\n\r\n";
    for (auto const& text : {post("/a", body), chunked})
        for (std::size_t cut = 1; cut < text.size(); ++cut) {
            INFO(cut);
            raw_client client(server.edge->port());
            client.send(std::string_view(text).substr(0, cut));
            client.send(std::string_view(text).substr(cut));
            auto const got = client.read();
            REQUIRE(got.status == 200);
            CHECK(got.body.ends_with("body=" + body));
        }
}

}  // namespace mb::http::testing
