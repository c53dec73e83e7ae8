#include "adapters/outbound/probe.hpp"

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>

using namespace mb;
using namespace mb::outbound;
using namespace std::chrono_literals;

namespace {

/// Answers one connection with a text, or never where there is none, and keeps what was asked.
class one_answer {
public:
    explicit one_answer(std::string text)
    {
        listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
        REQUIRE(::listen(listener_, 1) == 0);
        socklen_t size = sizeof at;
        REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
        port_ = ntohs(at.sin_port);
        if (text.empty()) return;
        thread_ = std::jthread([this, text = std::move(text)] {
            int const taken = ::accept(listener_, nullptr, nullptr);
            std::array<char, 2048> read{};
            auto const bytes = ::recv(taken, read.data(), read.size(), 0);
            if (bytes > 0) asked_.assign(read.data(), static_cast<std::size_t>(bytes));
            (void)::send(taken, text.data(), text.size(), MSG_NOSIGNAL);
            ::close(taken);
        });
    }
    ~one_answer()
    {
        if (thread_.joinable()) thread_.join();
        ::close(listener_);
    }
    one_answer(one_answer const&) = delete;
    one_answer& operator=(one_answer const&) = delete;

    std::uint16_t port() const { return port_; }
    std::string const& asked()
    {
        thread_.join();
        return asked_;
    }

private:
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::string asked_;
    std::jthread thread_;
};

}  // namespace

TEST_CASE("a server that answers 200 is alive, and is asked under its own name", "[outbound][probe]")
{
    auto const address = GENERATE(std::string("127.0.0.1"), std::string("0.0.0.0"), std::string("localhost"));
    one_answer server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    CHECK(ask_whether_alive({address, server.port(), "id.example.com"}));
    CHECK(server.asked().starts_with("GET /api/v1/health/live HTTP/1.1\r\nHost: id.example.com\r\n"));
}

TEST_CASE("any other answer, none in time and no server at all are no life", "[outbound][probe]")
{
    auto const text =
        GENERATE(std::string("HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n"),
                 std::string("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"), std::string("rubbish\r\n\r\n"), std::string());
    std::uint16_t port = 0;
    {
        one_answer server(text);
        port = server.port();
        auto const said = ask_whether_alive({"127.0.0.1", port, "localhost", false, 200ms});
        REQUIRE_FALSE(said);
        CHECK(said.error().code == errc::unavailable);
    }
    CHECK_FALSE(ask_whether_alive({"127.0.0.1", port, "localhost", false, 200ms}));
}

TEST_CASE("an address of IPv6 is put into brackets, and TLS is not spoken to a server without it", "[outbound][probe]")
{
    auto const address = GENERATE(std::string("::1"), std::string("::"));
    CHECK_FALSE(ask_whether_alive({address, 1, "localhost", false, 200ms}));
    one_answer server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    CHECK_FALSE(ask_whether_alive({"127.0.0.1", server.port(), "localhost", true, 500ms}));
}
