#include "tests/adapters/redis/garbage_server.hpp"

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace mb::testing {

std::string garbage_server::good_introduction()
{
    std::string const told = "# Server\r\nrun_id:0123456789abcdef0123456789abcdef01234567\r\n";
    return "$" + std::to_string(told.size()) + "\r\n" + told + "\r\n";
}

garbage_server::garbage_server(std::string answer, std::string introduction) : answer_(std::move(answer)), introduction_(std::move(introduction))
{
    listening_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    auto* const generic = reinterpret_cast<sockaddr*>(&where);
    if (bind(listening_, generic, size) != 0 || listen(listening_, 16) != 0 || getsockname(listening_, generic, &size) != 0) FAIL("can't listen");
    port_ = ntohs(where.sin_port);
    serving_ = std::jthread([this](std::stop_token stop) { serve(stop); });
}

garbage_server::~garbage_server()
{
    serving_.request_stop();
    serving_.join();
    close(listening_);
}

redis::options garbage_server::options() const
{
    redis::options chosen;
    chosen.where.host = "127.0.0.1";
    chosen.where.port = port_;
    chosen.timeout = std::chrono::milliseconds{200};
    return chosen;
}

void garbage_server::serve(std::stop_token stop) const
{
    while (!stop.stop_requested()) {
        pollfd watched{listening_, POLLIN, 0};
        if (poll(&watched, 1, 10) <= 0) continue;
        int const accepted = accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
        if (accepted < 0) continue;
        talk(accepted, stop);
        close(accepted);
    }
}

void garbage_server::talk(int socket, std::stop_token const& stop) const
{
    std::array<char, 4096> heard{};
    while (!stop.stop_requested()) {
        pollfd watched{socket, POLLIN, 0};
        if (poll(&watched, 1, 10) <= 0) continue;
        auto const got = recv(socket, heard.data(), heard.size(), 0);
        if (got <= 0) return;
        std::string_view const said{heard.data(), static_cast<std::size_t>(got)};
        auto const& answer = said.find("INFO") != std::string_view::npos ? introduction_ : answer_;
        if (answer.empty()) return;
        send(socket, answer.data(), answer.size(), MSG_NOSIGNAL);
    }
}

}  // namespace mb::testing
