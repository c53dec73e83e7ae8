#pragma once

#include "core/domain/base/secret.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mb::redis {

/// Where a Redis server listens and how to enter it.
struct address {
    std::string host;
    std::uint16_t port = 6379;
    std::string user;  ///< empty: the default user
    secret password;   ///< empty: none is asked for
    int database = 0;
};

/// redis://[[user]:password@]host[:port][/database]; user and password may be percent-encoded. Nothing where it is not that: rediss:// isn't,
/// since the client library has no TLS.
std::optional<address> parse_address(std::string_view url);

}  // namespace mb::redis
