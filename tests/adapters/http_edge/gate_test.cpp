#include "adapters/http/edge/gate.hpp"

#include "adapters/http/edge/chunked.hpp"
#include "adapters/http/edge/wire.hpp"
#include "adapters/http/problem_status.hpp"

#include <catch2/catch.hpp>

namespace mb::http::testing {
namespace {

edge_limits const limits;

host_list hosts_of(std::vector<std::string> const& entries)
{
    auto read = host_list::parse(entries);
    REQUIRE(read.has_value());
    return *std::move(read);
}

std::optional<problem> doubt(std::string_view so_far) { return doubt_partial_head(so_far, 0, limits); }

}  // namespace

TEST_CASE("an entry without a port allows any port, an entry with one allows that", "[edge][gate]")
{
    auto const hosts = hosts_of({"Api.Example", "other.example:8443", "[::1]:80"});
    CHECK(hosts.allows("api.example"));
    CHECK(hosts.allows("API.EXAMPLE:1"));
    CHECK(hosts.allows("other.example:8443"));
    CHECK(hosts.allows("[::1]:80"));
    CHECK_FALSE(hosts.allows("other.example"));
    CHECK_FALSE(hosts.allows("other.example:08443"));
    CHECK_FALSE(hosts.allows("[::1]"));
    CHECK_FALSE(hosts.allows("api.example:0"));
    CHECK_FALSE(hosts.allows(""));
    CHECK_FALSE(hosts_of({}).allows("localhost"));
}

TEST_CASE("a malformed entry is no list", "[edge][gate]")
{
    for (auto const* entry : {"", "http://a", "a:", "a:b", "a b", "*", "[::1", "a:65536"}) CHECK_FALSE(host_list::parse({entry}).has_value());
}

TEST_CASE("a head that is still right raises no doubt, a wrong one does before its end", "[edge][gate]")
{
    CHECK_FALSE(doubt("G"));
    CHECK_FALSE(doubt("GET /a HTTP/1.1\r"));
    CHECK_FALSE(doubt("GET /a HTTP/1.1\r\nHost: a\r\nX: y\tz"));
    CHECK(doubt("GET /a HTTP/1.1\n") == problem::bad_request);
    CHECK(doubt("GET /a HTTP/1.1\r\nHost: a\n") == problem::bad_request);
    CHECK(doubt("GET /a\r ") == problem::bad_request);
    CHECK(doubt("\r\n") == problem::bad_request);
    CHECK(doubt("GET /a HTTP/2.0\r\n") == problem::http_version_not_supported);
    CHECK(doubt("BREW /a HTTP/1.1\r\n") == problem::not_implemented);
    CHECK(doubt("GET /" + std::string(9000, 'a')) == problem::target_too_long);
}

TEST_CASE("the end of a head is found wherever the search is taken up again", "[edge][gate]")
{
    std::string const text = "GET / HTTP/1.1\r\nHost: a\r\n\r\nrest";
    for (std::size_t searched = 0; searched <= text.size() - 5; ++searched) CHECK(find_head_end(text, searched) == text.size() - 4);
    for (std::size_t size = 0; size < text.size() - 4; ++size) CHECK_FALSE(find_head_end(std::string_view(text).substr(0, size), 0).has_value());
}

TEST_CASE("a head is read into what the service needs", "[edge][gate]")
{
    auto const verdict =
        read_head("POST /a%20b/c?x=1 HTTP/1.1\r\nHOST: LocalHost\r\nContent-Length: 12\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
                  hosts_of({"localhost"}), limits);
    auto const* passed = std::get_if<passed_head>(&verdict);
    REQUIRE(passed != nullptr);
    CHECK(passed->head.method == verb::post);
    CHECK(passed->head.segments == std::vector<std::string>{"a b", "c"});
    CHECK(passed->head.query == "x=1");
    CHECK(passed->head.field("host") == "LocalHost");
    CHECK(passed->head.field("nothing").empty());
    CHECK(passed->head.has_body);
    CHECK(passed->body == framing::sized);
    CHECK(passed->content_length == 12);
    CHECK(passed->expects_continue);
    CHECK_FALSE(passed->keep_alive);
    CHECK_FALSE(passed->http_1_0);
}

TEST_CASE("chunk extensions and trailers share one limit", "[edge][gate]")
{
    auto const read = [](std::string const& text) {
        chunked_reader reader(100, 10);
        std::string body;
        return reader.read(text, body).now;
    };
    using state = chunked_reader::state;
    CHECK(read("1;234567890a\r\nx\r\n0\r\n\r\n") == state::done);
    CHECK(read("1;234567890ab\r\nx\r\n0\r\n\r\n") == state::malformed);
    CHECK(read("1;2345\r\nx\r\n0\r\nA:b\r\n\r\n") == state::done);
    CHECK(read("1;234567\r\nx\r\n0\r\nA:b\r\n\r\n") == state::malformed);
}

TEST_CASE("a chunked body may have as many bytes as it is allowed, and no more", "[edge][gate]")
{
    auto const read = [](std::string const& text) {
        chunked_reader reader(4, 10);
        std::string body;
        return reader.read(text, body).now;
    };
    using state = chunked_reader::state;
    CHECK(read("4\r\nabcd\r\n0\r\n\r\n") == state::done);
    CHECK(read("5\r\n") == state::too_large);
    CHECK(read("3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n") == state::done);
    CHECK(read("3\r\nabc\r\n2\r\n") == state::too_large);
    CHECK(read("FFFFFFFF\r\n") == state::too_large);
}

TEST_CASE("what follows a chunked body is left alone", "[edge][gate]")
{
    chunked_reader reader(100, 10);
    std::string body;
    std::string const text = "1\r\nx\r\n0\r\n\r\n";
    auto const step = reader.read(text + "GET / HTTP/1.1", body);
    CHECK(step.now == chunked_reader::state::done);
    CHECK(step.used == text.size());
    CHECK(body == "x");
}

TEST_CASE("an answer is written with what its request asked for", "[edge][wire]")
{
    response made;
    made.status = 201;
    made.body = "{}";
    made.fields.emplace_back("Location", "/a");
    auto const text = [&](answer_form form) {
        std::string out;
        append_answer(out, made, form, "X-A: b\r\n");
        return out;
    };
    std::string const head = "HTTP/1.1 201 Created\r\nX-A: b\r\nLocation: /a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n";
    CHECK(text({}) == head + "\r\n{}");
    CHECK(text({true, false, false}) == head + "\r\n");
    CHECK(text({false, true, false}) == head + "Connection: close\r\n\r\n{}");
    CHECK(text({false, false, true}) == head + "Connection: keep-alive\r\n\r\n{}");
    made.status = 299;
    made.fields.clear();
    made.content_type = "";
    CHECK(text({}) == "HTTP/1.1 299 \r\nX-A: b\r\nContent-Length: 2\r\n\r\n{}");
}

TEST_CASE("an answer that would be two is not sent", "[edge][wire]")
{
    auto const with = [](std::string value) {
        response made;
        made.fields.emplace_back("Location", std::move(value));
        return can_be_sent(made);
    };
    CHECK(with("/a\tb ñ"));
    CHECK_FALSE(with("/a\r\nX: y"));
    CHECK_FALSE(with("/a\n"));
    CHECK_FALSE(with(std::string("/a\0", 3)));
    response informational;
    informational.status = 101;
    CHECK_FALSE(can_be_sent(informational));
}

TEST_CASE("every problem has a status of its kind", "[edge]")
{
    for (auto const& entry : problems()) {
        INFO(entry.english_code);
        auto const status = status_of(entry.id);
        CHECK(status >= 400);
        CHECK(status <= 505);
    }
    CHECK(status_of(problem::account_locked) == 423);
    CHECK(status_of(problem::link_invalid) == 400);
    CHECK(status_of(problem::validation_failed) == 422);
    CHECK(status_of(problem::last_admin) == 409);
    CHECK(status_of(problem::origin_not_allowed) == 403);
    CHECK(status_of(problem::storage_unavailable) == 503);
}

TEST_CASE("an address is shown as text, and known as ours", "[edge]")
{
    CHECK(client_address{std::string("\x7f\0\0\x01", 4)}.text() == "127.0.0.1");
    CHECK(client_address{std::string("\x7f\0\0\x01", 4)}.is_loopback());
    CHECK_FALSE(client_address{std::string("\x0a\0\0\x01", 4)}.is_loopback());
    std::string v6(16, '\0');
    v6[15] = 1;
    CHECK(client_address{v6}.text() == "::1");
    CHECK(client_address{v6}.is_loopback());
    v6[0] = 0x20;
    CHECK(client_address{v6}.text() == "2000::1");
    CHECK_FALSE(client_address{v6}.is_loopback());
    CHECK(client_address{"abc"}.text().empty());
}

}  // namespace mb::http::testing
