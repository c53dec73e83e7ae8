#pragma once

#include "adapters/redis/client.hpp"

#include <cstdint>
#include <string>
#include <thread>

namespace mb::testing {

/// Listens on loopback, introduces itself as a Redis would, and answers whatever comes then with the same bytes.
class garbage_server {
public:
    /// @param answer  sent for each command that comes after INFO
    /// @param introduction  sent for INFO
    explicit garbage_server(std::string answer, std::string introduction = good_introduction());
    ~garbage_server();

    static std::string good_introduction();
    redis::options options() const;

private:
    void serve(std::stop_token stop) const;
    void talk(int socket, std::stop_token const& stop) const;

    std::string const answer_;
    std::string const introduction_;
    int listening_ = -1;
    std::uint16_t port_ = 0;
    std::jthread serving_;
};

}  // namespace mb::testing
