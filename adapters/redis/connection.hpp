#pragma once

#include "adapters/redis/address.hpp"
#include "adapters/redis/reply.hpp"
#include "core/domain/base/outcome.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace mb::redis {

using steady = std::chrono::steady_clock;

/// One connection to a server. Not to be shared between threads. After an error nothing that comes over it can be trusted any more, since it may
/// be the answer to an earlier command: it is to be dropped.
class connection {
public:
    static constexpr std::size_t answer_bytes_max = std::size_t{1} << 20;
    static constexpr int answer_items_max = 1024;

    /// Connects, authenticates, chooses the database and asks for the server's run. @error unavailable
    static outcome<std::unique_ptr<connection>> open(address const& where, steady::time_point deadline);
    ~connection();
    connection(connection const&) = delete;
    connection& operator=(connection const&) = delete;

    /// Sends all commands at once and waits for as many answers. An answer that is a refusal of the server is a reply, not an error.
    /// @error unavailable  the connection broke, the deadline passed, or what came is not the protocol.
    outcome<std::vector<reply>> ask(std::span<command const> commands, steady::time_point deadline);
    /// Waits for one message that was not asked for: a subscription. Nothing where none came. @error as ask()
    outcome<std::vector<reply>> listen(steady::time_point until);

    /// Which run of which server answers here: another after every restart.
    std::uint64_t server_run() const noexcept { return server_run_; }

private:
    struct parts;
    explicit connection(std::unique_ptr<parts> made);
    outcome<void> introduce(address const& where, steady::time_point deadline);

    std::unique_ptr<parts> parts_;
    std::uint64_t server_run_ = 0;
};

}  // namespace mb::redis
