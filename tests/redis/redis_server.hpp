#pragma once

#include "adapters/redis/client.hpp"

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace mb::testing {

/// A redis-server of Debian on a free loopback port, with a folder of its own. Ends with this object, and with the test if that dies.
class redis_server {
public:
    enum class keeping { nothing, each_write };

    /// Returns when it answers; fails the test where it doesn't.
    explicit redis_server(keeping what = keeping::nothing, std::string password = "");
    ~redis_server();
    redis_server(redis_server const&) = delete;
    redis_server& operator=(redis_server const&) = delete;

    std::uint16_t port() const noexcept { return port_; }
    redis::address where() const;
    redis::options options(duration timeout = std::chrono::seconds{5}) const;

    /// As a crash would: SIGKILL.
    void kill();
    /// On the same port and folder.
    void start();
    /// SIGSTOP: connections stay open and nothing answers.
    void pause();
    void resume();
    /// One command from outside, by a connection of its own.
    redis::reply tell(redis::command const& asked) const;

private:
    void launch();
    bool answers() const;

    keeping const keeping_;
    std::string const password_;
    std::filesystem::path folder_;
    std::uint16_t port_ = 0;
    pid_t process_ = -1;
};

}  // namespace mb::testing
