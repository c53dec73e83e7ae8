#pragma once

#include <cstdint>

namespace mb::http {

/// What the edge did since its start; a snapshot for /metrics.
struct edge_counters {
    std::uint64_t connections_open = 0;  ///< now
    std::uint64_t connections_accepted = 0;
    std::uint64_t connections_refused = 0;  ///< over a cap, or no descriptor left
    std::uint64_t accept_failures = 0;
    std::uint64_t requests = 0;           ///< given to the service
    std::uint64_t refused_by_gate = 0;    ///< malformed, too large, not ours
    std::uint64_t timed_out = 0;          ///< slow head, body, reader or handler
    std::uint64_t cut = 0;                ///< requests that a drain did not wait for
    std::uint64_t failures = 0;           ///< exceptions that reached the edge
    std::uint64_t handshakes = 0;         ///< of TLS
    std::uint64_t handshakes_failed = 0;  ///< refused, given up, or too slow
};

}  // namespace mb::http
