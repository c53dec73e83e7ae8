#pragma once

#include "adapters/redis/address.hpp"
#include "adapters/redis/reply.hpp"
#include "core/domain/base/instant.hpp"
#include "core/domain/base/outcome.hpp"
#include "ports/randomness.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace mb::redis {

struct options {
    address where;
    duration timeout = std::chrono::milliseconds{250};  ///< of one call, from sending to the last byte of the answer; and of one attempt to connect
    std::size_t connections_max = 64;
    duration retry_first = std::chrono::milliseconds{20};  ///< waits between attempts double from here, each shortened by up to half at random
    duration retry_max = std::chrono::seconds{2};
};

struct counts {
    std::uint64_t calls = 0;
    std::uint64_t failed = 0;   ///< refused at once included
    std::uint64_t outages = 0;  ///< times that the server was lost
};

/// What the server said, and which of its runs said it.
struct answers {
    std::vector<reply> replies;  ///< as many as commands
    std::uint64_t server_run = 0;
};

/// Connections to one Redis server, made as they are needed. Callable from any thread. Where the server is lost every call fails at once, and one
/// thread of the client tries to come back, so that nobody else waits for what isn't there.
class client {
public:
    /// Tries to connect once; where that fails the client begins as one that has lost its server.
    client(options how, ports::randomness const& random);
    ~client();
    client(client const&) = delete;
    client& operator=(client const&) = delete;

    /// One command. @error unavailable  the server is lost, too slow, refuses the command, or speaks another protocol. What was asked for may have
    /// been done all the same.
    outcome<reply> call(command const& asked);
    /// Several commands in one round trip. A refusal is one of the replies. @error unavailable  as call(), but for refusals.
    outcome<answers> ask(std::span<command const> commands);

    bool is_up() const;
    counts counted() const;
    address const& where() const noexcept;

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

/// A script that the server keeps, called by its digest; sent again where the server has lost it.
class script {
public:
    explicit script(std::string source);
    ~script();

    /// @error as client::call()
    outcome<reply> run(client& on, std::vector<std::string_view> const& keys, std::vector<std::string> const& arguments) const;

private:
    struct known;
    std::string const source_;
    std::unique_ptr<known> known_;
};

}  // namespace mb::redis
