#include "adapters/openssl/system_randomness.hpp"

#include "core/domain/base/assert.hpp"

#include <openssl/rand.h>

#include <limits>

namespace mb::openssl {

void system_randomness::fill(std::span<std::uint8_t> bytes) const noexcept
{
    MB_ASSERT(bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
    MB_ASSERT(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
}

}  // namespace mb::openssl
