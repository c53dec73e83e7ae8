#pragma once

#include "core/domain/base/id.hpp"
#include "core/domain/base/secret.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace mb::ports {

/// Cryptographically secure random bytes. MUST be callable from any thread; ends the process where no entropy is to be had.
class randomness {
public:
    virtual ~randomness() = default;
    virtual void fill(std::span<std::uint8_t> bytes) const noexcept = 0;
};

/// A fresh time-ordered identity.
template <class Id>
Id new_id(randomness const& random, instant now)
{
    std::array<std::uint8_t, 10> entropy{};
    random.fill(entropy);
    return Id{make_uuid_v7(now, entropy)};
}

inline secret new_secret(randomness const& random, std::size_t bytes)
{
    std::string drawn(bytes, '\0');
    random.fill({reinterpret_cast<std::uint8_t*>(drawn.data()), drawn.size()});
    return secret{std::move(drawn)};
}

}  // namespace mb::ports
