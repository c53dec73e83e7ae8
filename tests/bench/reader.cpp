// Reads over keep-alive connections from an address of its own, so that the cap on connections of one address leaves room for wrk's 64.
// Usage: mb_bench_reader <source address> <port> <connections> <seconds> <file of requests, each ended by 0x1e>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

using ticks = std::chrono::steady_clock;

[[noreturn]] void die(char const* what)
{
    std::perror(what);
    std::exit(1);
}

sockaddr_in address(char const* host, int port)
{
    sockaddr_in made{};
    made.sin_family = AF_INET;
    made.sin_port = htons(static_cast<std::uint16_t>(port));
    if (inet_pton(AF_INET, host, &made.sin_addr) != 1) die(host);
    return made;
}

std::vector<std::string> read_requests(char const* path)
{
    std::ifstream file(path, std::ios::binary);
    std::vector<std::string> read;
    for (std::string each; std::getline(file, each, '\x1e');) read.push_back(each);
    if (read.empty()) die(path);
    return read;
}

struct client {
    int socket = -1;
    std::string received;
    ticks::time_point asked;
};

/// Whether a whole answer is there: a head, and as many bytes as it announces.
bool is_whole(std::string const& received)
{
    auto const head = received.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    auto const length = received.find("Content-Length: ");
    auto const body = length == std::string::npos || length > head ? 0 : std::strtoull(received.c_str() + length + 16, nullptr, 10);
    return received.size() >= head + 4 + body;
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc != 6) return 2;
    auto const from = address(argv[1], 0);
    auto const to = address("127.0.0.1", std::atoi(argv[2]));
    std::vector<client> clients(std::strtoul(argv[3], nullptr, 10));
    auto const end = ticks::now() + std::chrono::milliseconds{std::lround(1000 * std::atof(argv[4]))};
    auto const requests = read_requests(argv[5]);

    std::size_t next = 0;
    std::size_t refused = 0;
    std::vector<double> took;  // milliseconds
    auto const ask = [&](client& who) {
        auto const& request = requests[next++ % requests.size()];
        who.received.clear();
        who.asked = ticks::now();
        if (write(who.socket, request.data(), request.size()) != static_cast<ssize_t>(request.size())) die("write");
    };

    int const poll = epoll_create1(0);
    for (auto& each : clients) {
        each.socket = socket(AF_INET, SOCK_STREAM, 0);
        if (bind(each.socket, reinterpret_cast<sockaddr const*>(&from), sizeof from) != 0) die("bind");
        if (connect(each.socket, reinterpret_cast<sockaddr const*>(&to), sizeof to) != 0) die("connect");
        int const on = 1;
        setsockopt(each.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        epoll_event interest{.events = EPOLLIN, .data = {.ptr = &each}};
        epoll_ctl(poll, EPOLL_CTL_ADD, each.socket, &interest);
        ask(each);
    }
    auto const begun = ticks::now();
    std::vector<epoll_event> events(clients.size());
    while (ticks::now() < end) {
        int const ready = epoll_wait(poll, events.data(), static_cast<int>(events.size()), 100);
        for (int i = 0; i < ready; ++i) {
            auto& who = *static_cast<client*>(events[static_cast<std::size_t>(i)].data.ptr);
            char piece[16 * 1024];
            auto const got = read(who.socket, piece, sizeof piece);
            if (got <= 0) die("read");
            who.received.append(piece, static_cast<std::size_t>(got));
            if (!is_whole(who.received)) continue;
            took.push_back(std::chrono::duration<double, std::milli>(ticks::now() - who.asked).count());
            if (who.received.compare(9, 1, "2") != 0) ++refused;
            ask(who);
        }
    }
    double const length = std::chrono::duration<double>(ticks::now() - begun).count();
    if (took.empty()) return 1;
    std::ranges::sort(took);
    auto const at = [&](double share) { return took[static_cast<std::size_t>(share * static_cast<double>(took.size() - 1))]; };
    std::printf("{\"per_second\": %.1f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"refused\": %zu}\n", static_cast<double>(took.size()) / length, at(0.5),
                at(0.99), refused);
}
