#pragma once

#include "ports/randomness.hpp"

namespace mb::openssl {

/// OpenSSL's generator, seeded by the system; each thread has its own and it reseeds after a fork.
class system_randomness final : public ports::randomness {
public:
    void fill(std::span<std::uint8_t> bytes) const noexcept override;
};

}  // namespace mb::openssl
