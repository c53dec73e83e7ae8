#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mb::ports {

/// Tells the country of an address, offline: the address never leaves the process. MUST be callable from any thread.
class country_lookup {
public:
    virtual ~country_lookup() = default;
    /// @param address_bytes  4 of IPv4 or 16 of IPv6, in the order of the network; an IPv4 address that is written as IPv6 (::ffff:0:0/96,
    ///                       RFC 4291 section 2.5.5.2) has the country of the former.
    /// @return ISO 3166-1 alpha-2 in upper case; nothing where nobody knows, or the bytes are no address.
    virtual std::optional<std::string> country_of(std::string_view address_bytes) const = 0;
};

}  // namespace mb::ports
