#include "adapters/redis/connection.hpp"
#include "tests/adapters/redis/garbage_server.hpp"
#include "tests/redis/redis_server.hpp"

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <string>
#include <vector>

using namespace mb;
using namespace mb::testing;
using namespace std::chrono_literals;
using redis::connection;
using redis::steady;

namespace {

/// Listens, and says nothing: whoever connects waits.
class silent_server {
public:
    explicit silent_server(int backlog) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in where{};
        where.sin_family = AF_INET;
        where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof where;
        auto* const generic = reinterpret_cast<sockaddr*>(&where);
        REQUIRE(::bind(socket_, generic, size) == 0);
        REQUIRE(::listen(socket_, backlog) == 0);
        REQUIRE(::getsockname(socket_, generic, &size) == 0);
        port_ = ntohs(where.sin_port);
    }
    ~silent_server() { ::close(socket_); }
    silent_server(silent_server const&) = delete;
    silent_server& operator=(silent_server const&) = delete;
    redis::address where() const
    {
        redis::address made;
        made.host = "127.0.0.1";
        made.port = port_;
        return made;
    }

private:
    int socket_;
    std::uint16_t port_ = 0;
};

template <class T>
std::string refusal(outcome<T> const& got)
{
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::unavailable);
    return got.error().detail;
}

std::unique_ptr<connection> connected(redis::address const& where)
{
    auto opened = connection::open(where, steady::now() + 10s);
    REQUIRE(opened);
    return *std::move(opened);
}

outcome<std::vector<redis::reply>> ask(connection& on, redis::command const& what, duration patience = 10s)
{
    return on.ask(std::array{what}, steady::now() + patience);
}

}  // namespace

TEST_CASE("a port where nobody listens is told at once", "[redis][connection]")
{
    redis::address where;
    {
        silent_server const gone(1);
        where = gone.where();
    }
    CHECK(refusal(connection::open(where, steady::now() + 10s)).starts_with("can't connect: "));
}

TEST_CASE("a host that can't be one is told", "[redis][connection]")
{
    redis::address where;
    where.host = std::string(300, 'a');
    where.port = 6379;
    CHECK(refusal(connection::open(where, steady::now() + 10s)) == "the host name of REDIS_URL is not known");
}

TEST_CASE("a server that takes no connection costs no more than the deadline", "[redis][connection]")
{
    silent_server const server(0);
    // one that waits to be accepted is all that there is room for
    std::vector<int> waiting;
    for (int i = 0; i < 4; ++i) {
        waiting.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(server.where().port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        (void)::connect(waiting.back(), reinterpret_cast<sockaddr const*>(&to), sizeof to);
    }
    CHECK(refusal(connection::open(server.where(), steady::now() + 100ms)) == "connecting took too long");
    for (int const each : waiting) ::close(each);
}

TEST_CASE("a server that never answers costs no more than the deadline", "[redis][connection]")
{
    silent_server const server(4);
    CHECK(refusal(connection::open(server.where(), steady::now() + 50ms)) == "the server took too long");
}

TEST_CASE("a password that is wrong and a database that is not there are refused without telling them", "[redis][connection]")
{
    redis_server const server(redis_server::keeping::nothing, "canary");
    auto wrong = server.where();
    wrong.password = secret{std::string_view{"not-the-canary"}};
    auto const said = refusal(connection::open(wrong, steady::now() + 10s));
    CHECK(said == "the server refuses the user, the password or the database of REDIS_URL");
    auto unknown = server.where();
    unknown.database = 9999;
    CHECK(refusal(connection::open(unknown, steady::now() + 10s)) == said);
    auto nobody = server.where();
    nobody.user = "nobody";
    CHECK(refusal(connection::open(nobody, steady::now() + 10s)) == said);
    auto by_name = server.where();
    by_name.user = "default";
    CHECK(connection::open(by_name, steady::now() + 10s));
}

TEST_CASE("what nobody asked for ends the connection at the next question", "[redis][connection]")
{
    garbage_server const server("+OK\r\n+more\r\n");
    auto const on = connected(server.options().where);
    REQUIRE(ask(*on, {"PING"}));
    CHECK(refusal(ask(*on, {"PING"})) == "the server sent what nobody asked for");
}

TEST_CASE("an answer that is no protocol ends the connection", "[redis][connection]")
{
    for (auto const* const answer : {"hello\r\n", "*1025\r\n", "*1\r\n*1025\r\n", ":x\r\n"}) {
        garbage_server const server(answer);
        auto const on = connected(server.options().where);
        INFO(answer);
        CHECK(refusal(ask(*on, {"PING"})) == "the answer is not the protocol of Redis");
    }
}

TEST_CASE("each kind of answer keeps its kind", "[redis][connection]")
{
    garbage_server const server("*6\r\n+status\r\n-failure\r\n$4\r\ntext\r\n:-7\r\n$-1\r\n*2\r\n:1\r\n*0\r\n");
    auto const on = connected(server.options().where);
    auto const said = ask(*on, {"PING"});
    REQUIRE(said);
    REQUIRE(said->size() == 1);
    auto const& items = said->front().items;
    REQUIRE(items.size() == 6);
    using kind = redis::reply::kind;
    CHECK(items[0].is_status("status"));
    CHECK(items[1].what == kind::failure);
    CHECK(items[2].what == kind::text);
    CHECK(items[2].text == "text");
    CHECK(items[3].what == kind::integer);
    CHECK(items[3].number == -7);
    CHECK(items[4].what == kind::nothing);
    REQUIRE(items[5].what == kind::list);
    REQUIRE(items[5].items.size() == 2);
    CHECK(items[5].items[0].number == 1);
    CHECK(items[5].items[1].items.empty());
}

TEST_CASE("a server that closes ends a question and a wait", "[redis][connection]")
{
    garbage_server const server("");
    auto const asking = connected(server.options().where);
    CHECK_FALSE(refusal(ask(*asking, {"PING"})).empty());
    CHECK_FALSE(ask(*asking, {"PING"}));
}

TEST_CASE("a message that did not come by the deadline is no error", "[redis][connection]")
{
    redis_server const server;
    auto const on = connected(server.where());
    auto const heard = on->listen(steady::now() + 20ms);
    REQUIRE(heard);
    CHECK(heard->empty());
}

TEST_CASE("a server that reads nothing more costs no more than the deadline", "[redis][connection]")
{
    redis_server server;
    auto const on = connected(server.where());
    server.pause();
    std::string const large(64 << 20, 'x');
    auto const said = ask(*on, {"SET", "key", large}, 200ms);
    server.resume();
    CHECK(refusal(said) == "sending took too long");
}
