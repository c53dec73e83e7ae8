#include "tests/adapters/http_edge/corpus.hpp"

#include "tests/adapters/http_edge/edge_fixture.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace mb::http::testing {
namespace {

std::size_t count_of(std::string_view text, std::string_view part)
{
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++count;
    return count;
}

/// A second request behind each case that must not be answered: were the leftovers parsed, there would be two answers.
std::string const smuggled = get("/smuggled");

void run(running_edge& server, raw_case const& one)
{
    INFO(one.name);
    raw_client client(server.edge->port());
    REQUIRE(client.connected());
    if (one.then == afterwards::open) {
        client.send(one.bytes);
        auto const got = client.read(one.bytes.starts_with("HEAD "));
        CHECK(got.status == one.status);
        CHECK(got.body.find(one.echoed) != std::string::npos);
        CHECK(got.head.find("Connection: close") == std::string::npos);
        client.send(get("/next"));
        CHECK(client.read().body.find("GET next?") == 0);
        return;
    }
    client.send(one.bytes + smuggled);
    auto const all = client.read_to_end();
    CHECK(client.closed());
    if (one.then == afterwards::reset_ok && all.empty()) return;
    CHECK(count_of(all, "HTTP/1.1 ") == 1);
    CHECK(all.starts_with("HTTP/1.1 " + std::to_string(one.status) + " "));
    CHECK(all.find("Connection: close\r\n") != std::string::npos);
    CHECK(all.find("\r\nServer:") == std::string::npos);
    CHECK(all.find("smuggled") == std::string::npos);
    CHECK(all.find(one.echoed) != std::string::npos);
}

void run_all(std::vector<raw_case> const& cases)
{
    running_edge server;
    for (auto const& one : cases) run(server, one);
    raw_client after(server.edge->port());
    after.send(get("/alive"));
    CHECK(after.read().status == 200);
    CHECK(server.edge->counters().failures == 0);
}

}  // namespace

TEST_CASE("every request line of the corpus gets its answer", "[edge][corpus]") { run_all(request_line_cases()); }
TEST_CASE("every target of the corpus gets its answer", "[edge][corpus]") { run_all(target_cases()); }
TEST_CASE("every header field of the corpus gets its answer", "[edge][corpus]") { run_all(field_cases()); }
TEST_CASE("every body of the corpus gets its answer", "[edge][corpus]") { run_all(body_cases()); }

TEST_CASE("the corpus has its size, and no case twice", "[edge][corpus]")
{
    std::set<std::string> names;
    std::set<std::string> requests;
    std::size_t count = 0;
    for (auto const& cases : {request_line_cases(), target_cases(), field_cases(), body_cases()})
        for (auto const& one : cases) {
            ++count;
            names.insert(one.name);
            requests.insert(one.bytes);
        }
    CHECK(count >= 120);
    CHECK(names.size() == count);
    CHECK(requests.size() == count);
}

TEST_CASE("the corpus byte by byte gets the same answers", "[edge][corpus]")
{
    running_edge server;
    for (auto const& cases : {request_line_cases(), target_cases(), field_cases(), body_cases()})
        for (auto const& one : cases) {
            if (one.bytes.size() > 600 || one.then == afterwards::reset_ok) continue;
            INFO(one.name);
            raw_client client(server.edge->port());
            for (char const c : one.bytes) client.send({&c, 1});
            auto const got = client.read(one.bytes.starts_with("HEAD "));
            CHECK(got.status == one.status);
        }
}

}  // namespace mb::http::testing
