#pragma once

#include "adapters/http/edge/service.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mb::http {

/// An address as it is written, IPv4 inside IPv6 taken out of it. Nothing where it is none.
std::optional<client_address> read_address(std::string_view text);

/// The proxies whose word counts for where a request comes from (security.md section 6.11). By default there is none, and a client is who connected.
class proxy_list {
public:
    /// @param blocks  addresses or CIDR blocks. Nothing where one is malformed.
    static std::optional<proxy_list> parse(std::vector<std::string> const& blocks);

    bool trusts(client_address const& peer) const noexcept;
    /// Whose request it is. X-Forwarded-For is read from its right end, where the nearest proxy wrote: whoever is trusted is skipped, and the first
    /// who is not is the client. What is no address ends the reading at the last one that was.
    client_address client_of(client_address const& peer, std::vector<std::pair<std::string, std::string>> const& fields) const;

private:
    struct block {
        std::string bytes;
        std::size_t bits = 0;
    };
    std::vector<block> blocks_;
};

}  // namespace mb::http
