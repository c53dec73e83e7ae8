#pragma once

#include <cstddef>
#include <string_view>

namespace mb {

/// Bytes of an address of IPv4 or IPv6, in the order of the network.
constexpr std::size_t v4_bytes = 4;
constexpr std::size_t v6_bytes = 16;

/// What stands before an IPv4 address that is written as IPv6 (RFC 4291 section 2.5.5.2).
constexpr std::string_view v4_mapped_prefix{"\0\0\0\0\0\0\0\0\0\0\xff\xff", v6_bytes - v4_bytes};

constexpr bool is_v4_mapped(std::string_view bytes) noexcept { return bytes.size() == v6_bytes && bytes.starts_with(v4_mapped_prefix); }

/// The four bytes of a mapped address; any other as it is.
constexpr std::string_view unmapped(std::string_view bytes) noexcept { return is_v4_mapped(bytes) ? bytes.substr(v4_mapped_prefix.size()) : bytes; }

}  // namespace mb
