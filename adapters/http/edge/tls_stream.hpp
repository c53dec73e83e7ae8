#pragma once

#include "adapters/http/edge/receive.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

struct ssl_st;

namespace mb::http {

class tls_context;

/// What one write gave.
struct written {
    boost::system::error_code failed;  ///< asio::error::would_block where the socket takes no more
    std::size_t count = 0;
};

/// TLS between a connection and its socket. Reads and writes as the plain socket does: without waiting, and with the time that bytes had lain in
/// the kernel. The handshake happens inside the first reads.
class tls_stream {
public:
    /// @param socket  non-blocking; outlives the stream
    tls_stream(std::shared_ptr<tls_context const> context, int socket);
    ~tls_stream();
    tls_stream(tls_stream const&) = delete;
    tls_stream& operator=(tls_stream const&) = delete;

    received read(std::span<char> into) noexcept;
    written write(std::string_view bytes) noexcept;
    /// Says that nothing more will be sent, where there is still somebody to hear it. Idempotent.
    void end() noexcept;

    bool established() const noexcept;
    /// More may be read without the socket becoming readable: asking the reactor first would be waiting for nothing.
    bool holds_input() const noexcept { return holds_input_; }
    /// The last read failed with would_block because the socket took no more of ours.
    bool awaits_output() const noexcept { return awaits_output_; }

private:
    struct on_socket;  ///< what OpenSSL reads from and writes to

    boost::system::error_code judge(int result) noexcept;

    std::shared_ptr<tls_context const> const context_;
    int const socket_;
    std::unique_ptr<ssl_st, void (*)(ssl_st*)> const ssl_;
    boost::system::error_code broken_;  ///< of the socket
    duration received_at_{};            ///< steady time of the last look at the socket that gave something
    duration waited_{};                 ///< what that look said
    bool begun_ = false;                ///< something came
    bool ended_ = false;
    bool holds_input_ = false;
    bool awaits_output_ = false;
};

}  // namespace mb::http
