// The limit of every answer: the edge alone, with one body that is always the same. Same I/O threads, same common fields as the server.
// Usage: mb_bench_bare_http <port> <I/O threads>; ends with SIGTERM.
#include "adapters/http/edge/server.hpp"
#include "adapters/runtime/signals.hpp"
#include "adapters/runtime/system_clock.hpp"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

namespace {

class fixed_answer final : public mb::http::service {
public:
    mb::http::admission admit(mb::http::request_head const&) override { return mb::http::body_allowed{0}; }
    void serve(mb::http::request&&, std::unique_ptr<mb::http::responder> reply) override { reply->answer(made()); }
    mb::http::response refuse(mb::problem, mb::http::request_head const*) override { return made(); }
    std::string const& common_fields() const noexcept override { return fields_; }

private:
    static mb::http::response made()
    {
        mb::http::response answer;
        answer.body = R"({"status":"healthy","timestamp":"2026-01-24T10:30:00.000Z","version":"0.1.0"})";
        return answer;
    }

    // what application.cpp sends with everything
    std::string const fields_ =
        "X-Content-Type-Options: nosniff\r\n"
        "X-Frame-Options: DENY\r\n"
        "Referrer-Policy: no-referrer\r\n"
        "Content-Security-Policy: default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'\r\n"
        "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()\r\n"
        "Cross-Origin-Opener-Policy: same-origin\r\n"
        "Cross-Origin-Resource-Policy: same-origin\r\n"
        "Cache-Control: no-store\r\n";
};

}  // namespace

int main(int argc, char** argv)
{
    if (argc != 3) return 2;
    mb::runtime::block_signals();
    mb::runtime::system_clock const time{};
    fixed_answer behind;
    mb::http::edge_options options;
    options.port = static_cast<std::uint16_t>(std::atoi(argv[1]));
    options.io_threads = static_cast<std::size_t>(std::atoi(argv[2]));
    options.allowed_hosts = {"127.0.0.1", "localhost"};
    auto edge = mb::http::server::listen(std::move(options), behind, time);
    if (!edge || !(*edge)->start()) return 1;
    while (mb::runtime::wait_for_signal() == mb::runtime::signal_received::reload) {}
    (*edge)->drain(mb::duration{});
}
