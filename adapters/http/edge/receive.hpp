#pragma once

#include "core/domain/base/instant.hpp"

#include <boost/system/error_code.hpp>

#include <cstddef>
#include <span>

namespace mb::http {

/// What one look at a socket gave.
struct received {
    boost::system::error_code failed;  ///< asio::error::would_block where there is nothing yet, asio::error::eof at the end
    std::size_t count = 0;
    duration waited{};  ///< how long the last of it had lain in the kernel: zero where the kernel does not say
};

/// Asks the kernel to note when bytes arrive. Set on a listening socket it holds for the sockets accepted from it.
/// A busy server reads late; who came first in a race is told by when a request came, not by when it was read (decisions.md #10).
void note_arrivals(int socket) noexcept;

/// Reads what is there, without waiting.
received receive(int socket, std::span<char> into) noexcept;

}  // namespace mb::http
