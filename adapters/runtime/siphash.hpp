#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace mb::runtime {

/// SipHash-2-4 (Aumasson and Bernstein, 2012): a short keyed hash for tables whose keys a stranger can choose.
std::uint64_t siphash(std::array<std::uint64_t, 2> const& key, std::string_view bytes) noexcept;

}  // namespace mb::runtime
