#pragma once

#include "adapters/http/edge/counters.hpp"
#include "adapters/http/edge/service.hpp"
#include "adapters/http/edge/tls_context.hpp"
#include "core/domain/base/outcome.hpp"
#include "ports/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mb::http {

struct edge_options {
    std::string address = "127.0.0.1";  ///< IPv4 or IPv6, numeric
    std::uint16_t port = 0;             ///< 0: any free one
    std::size_t io_threads = 1;
    std::vector<std::string> allowed_hosts;    ///< host or host:port; a request for any other is refused
    std::vector<std::string> trusted_proxies;  ///< addresses or CIDR blocks
    edge_limits limits{};
    std::shared_ptr<tls_context const> tls;  ///< null: plain text
    /// How often deadlines are looked at; the error of every deadline.
    duration sweep_period = std::chrono::milliseconds{100};
};

/// The HTTP/1.1 edge: accepts, reads, judges, hands to the service, answers. One I/O context per thread; a connection never leaves its thread.
class server {
public:
    /// Listens, and answers nobody before start(). `behind` and `time` outlive the server; responders may outlive it.
    /// @error unavailable  the address can't be had
    /// @error unexpected   an option makes no sense; the detail names it
    static outcome<std::unique_ptr<server>> listen(edge_options options, service& behind, ports::clock const& time);
    /// drain(0)
    ~server();
    server(server const&) = delete;
    server& operator=(server const&) = delete;

    std::uint16_t port() const noexcept;
    /// @error unavailable  a thread can't be started
    outcome<void> start();
    /// Stops accepting, closes idle connections, lets begun requests finish with "Connection: close", then ends the threads.
    /// Blocks; not to be called from the service. @returns the requests that were cut at the deadline
    std::size_t drain(duration deadline);
    /// For the handshakes from now on; connections that are open keep theirs. Only where the server began with TLS. From any thread.
    void renew(std::shared_ptr<tls_context const> tls);
    edge_counters counters() const noexcept;

private:
    struct parts;
    explicit server(std::unique_ptr<parts> made);
    std::unique_ptr<parts> parts_;
};

}  // namespace mb::http
