#include "adapters/log/escape.hpp"
#include "adapters/log/logger.hpp"
#include "core/domain/base/text.hpp"
#include "tests/fakes/manual_clock.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

using namespace mb;
using namespace mb::log;
using namespace std::chrono_literals;

// a secret is no value of a field, and nothing else that is logged can be made of one
static_assert(!std::is_constructible_v<field, std::string_view, secret const&>);
static_assert(!std::is_constructible_v<field, std::string_view, secret>);
static_assert(!std::is_constructible_v<field, std::string_view, bool>);
static_assert(!std::is_convertible_v<secret, std::string_view>);

namespace {

constexpr instant at = from_micros(1'769'250'600'000'000);  // 2026-01-24T10:30:00Z

struct pipe_ends {
    pipe_ends() { REQUIRE(::pipe(ends) == 0); }
    ~pipe_ends()
    {
        close_end(0);
        close_end(1);
    }
    void close_end(int which)
    {
        if (ends[which] >= 0) ::close(ends[which]);
        ends[which] = -1;
    }
    int reader() const { return ends[0]; }
    int writer() const { return ends[1]; }
    /// All that is in the pipe right now.
    std::string take()
    {
        ::fcntl(reader(), F_SETFL, O_NONBLOCK);
        std::string all;
        char some[65536];
        for (ssize_t got = 0; (got = ::read(reader(), some, sizeof some)) > 0;) all.append(some, static_cast<std::size_t>(got));
        return all;
    }
    int ends[2] = {-1, -1};
};

std::string escaped(std::string_view raw, spelling how = spelling::text, std::size_t max = 256)
{
    std::string out;
    append_escaped(out, raw, how, max);
    return out;
}

std::size_t lines_in(std::string const& text) { return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')); }

}  // namespace

TEST_CASE("what could forge a line or change how it is shown is escaped", "[log][escape]")
{
    struct row {
        std::string_view raw, text, json;
    };
    using namespace std::string_view_literals;
    for (auto const& [raw, text, json] : {
             row{"plain ñ € 😀", "plain ñ € 😀", "plain ñ € 😀"},
             row{"", "", ""},
             row{"a\nb\r\tc", R"(a\nb\r\tc)", R"(a\nb\r\tc)"},
             row{"\"quoted\\\"", R"(\"quoted\\\")", R"(\"quoted\\\")"},
             row{"nul\0end"sv, R"(nul\u0000end)", R"(nul\u0000end)"},
             row{"\x1b[31mred\x07\x7f", R"(\u001b[31mred\u0007\u007f)", R"(\u001b[31mred\u0007\u007f)"},
             row{"\xc2\x85\xc2\x9b", R"(\u0085\u009b)", R"(\u0085\u009b)"},
             row{"\xc2\xa0", "\xc2\xa0", "\xc2\xa0"},
             row{"\xe2\x80\xa8\xe2\x80\xa9", R"(\u2028\u2029)", R"(\u2028\u2029)"},
             row{"\xe2\x80\xa7|\xe2\x80\xaa\xe2\x80\xae|\xe2\x80\xaf", "\xe2\x80\xa7|\\u202a\\u202e|\xe2\x80\xaf",
                 "\xe2\x80\xa7|\\u202a\\u202e|\xe2\x80\xaf"},
             row{"\xe2\x81\xa6\xe2\x81\xa9", R"(\u2066\u2069)", R"(\u2066\u2069)"},
             row{"bad \xff\xc3", R"(bad \xff\xc3)", R"(bad \ufffd\ufffd)"},
             row{"\xc0\x8a", R"(\xc0\x8a)", R"(\ufffd\ufffd)"},                // overlong line feed
             row{"\xed\xa0\x80", R"(\xed\xa0\x80)", R"(\ufffd\ufffd\ufffd)"},  // surrogate
             row{"\xf0\x9f\x98", R"(\xf0\x9f\x98)", R"(\ufffd\ufffd\ufffd)"},  // cut short
             row{"\x80\nx", R"(\x80\nx)", R"(\ufffd\nx)"},
         }) {
        CHECK(escaped(raw, spelling::text) == text);
        CHECK(escaped(raw, spelling::json) == json);
    }
}

TEST_CASE("no byte sequence of two gets a control character or a bare quote through", "[log][escape]")
{
    for (int first = 0; first < 256; ++first)
        for (int second = 0; second < 256; ++second) {
            std::string const raw{static_cast<char>(first), static_cast<char>(second)};
            for (auto const how : {spelling::text, spelling::json}) {
                auto const out = escaped(raw, how);
                REQUIRE(is_utf8(out));
                REQUIRE_FALSE(has_control(out));
                auto const quote = out.find('"');
                REQUIRE((quote == std::string::npos || (quote > 0 && out[quote - 1] == '\\')));
            }
        }
}

TEST_CASE("a value is cut at its limit, at the edge of a character", "[log][escape]")
{
    CHECK(escaped(std::string(256, 'a')) == std::string(256, 'a'));
    CHECK(escaped(std::string(257, 'a')) == std::string(256, 'a') + "…");
    CHECK(escaped("aé", spelling::text, 2) == "a…");
    CHECK(escaped("aé", spelling::text, 3) == "aé");
    CHECK(escaped("€€", spelling::text, 5) == "€…");
    CHECK(escaped("\x80\x80\x80\x80\x80\x80", spelling::text, 5) == "\\x80\\x80…");
}

TEST_CASE("a text line has the form of the seed", "[log]")
{
    field const fields[] = {{"user", "ana"}, {"agent", "curl 8 \"x\""}, {"count", 3}, {"big", ~std::uint64_t{0}}, {"ms", 1234us}, {"empty", ""}};
    CHECK(format_line(format::text, at, level::info, "http", "corr-1", "User logged in", fields)
          == "2026-01-24T10:30:00.000Z INFO http [corr-1] - User logged in user=ana agent=\"curl 8 \\\"x\\\"\" count=3 "
             "big=18446744073709551615 ms=1.234 empty=\"\"\n");
    CHECK(format_line(format::text, at, level::warning, "api.auth", "", "Fallo", {}) == "2026-01-24T10:30:00.000Z WARNING api.auth [-] - Fallo\n");
}

TEST_CASE("a JSON line is one object", "[log]")
{
    field const fields[] = {{"user", "ana\n\"x\""}, {"status", 500}, {"ms", 15us}};
    CHECK(format_line(format::json, at, level::error, "http", "corr-1", "a \"message\"", fields)
          == R"({"timestamp":"2026-01-24T10:30:00.000Z","level":"error","module":"http","correlationId":"corr-1","message":"a \"message\"",)"
             R"("user":"ana\n\"x\"","status":500,"ms":0.015})"
             "\n");
    CHECK(format_line(format::json, at, level::info, "main", "", "up", {})
          == R"({"timestamp":"2026-01-24T10:30:00.000Z","level":"info","module":"main","message":"up"})"
             "\n");
}

TEST_CASE("an injected line stays inside its value", "[log]")
{
    field const fields[] = {{"user", "x\n2026-01-24T10:30:00.000Z INFO http [-] - User admin logged in"}};
    auto const line = format_line(format::text, at, level::warning, "auth", "a]\nb", "Failed\nlogin", fields);
    CHECK(lines_in(line) == 1);
    CHECK(line.back() == '\n');
}

TEST_CASE("lines below the threshold are not written", "[log]")
{
    pipe_ends pipe;
    fakes::manual_clock const clock;
    logger log({.threshold = level::warning, .shape = format::text, .descriptor = pipe.writer()}, clock);
    log.debug("m", "", "one");
    log.info("m", "", "two");
    log.warning("m", "", "three", {{"n", 3}});
    log.error("m", "", "four");
    REQUIRE(log.flush(10s));
    CHECK(pipe.take() == "2026-01-24T10:30:00.000Z WARNING m [-] - three n=3\n2026-01-24T10:30:00.000Z ERROR m [-] - four\n");
}

TEST_CASE("the access line says what is known, and 500 is an error", "[log]")
{
    pipe_ends pipe;
    fakes::manual_clock const clock;
    logger log({.shape = format::text, .descriptor = pipe.writer()}, clock);
    log.access({.correlation_id = "c", .method = "GET", .path = "/health", .status = 200, .took = 90us, .response_bytes = 10});
    log.access({.correlation_id = "c",
                .method = "POST",
                .path = "/x",
                .status = 500,
                .took = 2ms,
                .response_bytes = 1,
                .ip_hash = "h",
                .user_id = "u",
                .user_agent = "a b"});
    REQUIRE(log.flush(10s));
    CHECK(pipe.take()
          == "2026-01-24T10:30:00.000Z INFO http [c] - request method=GET path=/health status=200 ms=0.090 bytes=10\n"
             "2026-01-24T10:30:00.000Z ERROR http [c] - request method=POST path=/x status=500 ms=2.000 bytes=1 ip_hash=h user_id=u "
             "user_agent=\"a b\"\n");
}

TEST_CASE("while the reader is stuck the log drops and counts, and says so afterwards", "[log][writer]")
{
    pipe_ends pipe;
    fakes::manual_clock const clock;
    logger log({.shape = format::text, .descriptor = pipe.writer(), .queue_bytes_max = 8192}, clock);
    std::uint64_t const sent = 20'000;
    for (std::uint64_t i = 0; i < sent; ++i)
        log.info("m", "", "a line of some length, so that the pipe fills up");  // one that waited would hang here
    auto const dropped = log.dropped();
    CHECK(dropped > 0);
    CHECK(dropped < sent);

    std::string received;
    while (!log.flush(10ms)) received += pipe.take();
    log.info("m", "", "the reader is back");
    REQUIRE(log.flush(10s));
    received += pipe.take();
    CHECK(received.find("the reader is back") != std::string::npos);
    CHECK(received.find("WARNING log [-] - log lines were dropped lines=") != std::string::npos);
    CHECK(received.find("lines_in_all=" + std::to_string(log.dropped())) != std::string::npos);
}

TEST_CASE("the queue takes its bound to the byte", "[log][writer]")
{
    pipe_ends pipe;
    // fills the pipe, so that the writer is stuck with what it took first
    ::fcntl(pipe.writer(), F_SETFL, O_NONBLOCK);
    while (::write(pipe.writer(), std::string(4096, '.').c_str(), 4096) > 0) {}
    line_writer writer(pipe.writer(), 10);
    // a line above the bound never fits
    CHECK(writer.append("12345678901") == queued::dropped);
    CHECK(writer.append("1234567890") == queued::yes);
    writer.stop(0ms);
    CHECK(writer.dropped() == 2);
    CHECK(writer.append("x") == queued::dropped);
}

TEST_CASE("stop ends although the output is stuck", "[log][writer]")
{
    pipe_ends pipe;
    line_writer writer(pipe.writer(), 1 << 20);
    for (int i = 0; i < 5000; ++i) CHECK(writer.append("0123456789012345678901234567890123456789\n") == queued::yes);
    writer.stop(10ms);
    CHECK(writer.dropped() > 0);
}

TEST_CASE("a reader that went away costs lines, not the process", "[log][writer]")
{
    pipe_ends pipe;
    line_writer writer(pipe.writer(), 1000);
    pipe.close_end(0);
    CHECK(writer.append("lost\n") == queued::yes);
    CHECK(writer.flush(10s));
    CHECK(writer.dropped() == 1);
}

TEST_CASE("every line of every thread arrives whole, also those that wait at the end", "[log][writer][race]")
{
    for (int round = 0; round < 200; ++round) {
        pipe_ends pipe;
        {
            line_writer writer(pipe.writer(), 1 << 16);
            std::vector<std::jthread> threads;
            for (char const name : {'a', 'b', 'c'})
                threads.emplace_back([&writer, name] {
                    for (int i = 0; i < 20; ++i) (void)writer.append(std::string(30, name) + "\n");
                });
            if (round % 2 == 0) REQUIRE(writer.flush(10s));
            threads.clear();
        }
        auto const all = pipe.take();
        REQUIRE(all.size() == 3 * 20 * 31);
        for (std::size_t line = 0; line < 60; ++line) REQUIRE(all.substr(line * 31, 31) == std::string(30, all[line * 31]) + "\n");
    }
}

TEST_CASE("names of levels and formats are read back", "[log]")
{
    for (auto const severity : {level::debug, level::info, level::warning, level::error}) CHECK(level_named(name_of(severity)) == severity);
    CHECK_FALSE(level_named("INFO"));
    CHECK(format_named("json") == format::json);
    CHECK(format_named("text") == format::text);
    CHECK_FALSE(format_named("xml"));
    pipe_ends pipe;
    CHECK(format_for(pipe.writer()) == format::json);
}
