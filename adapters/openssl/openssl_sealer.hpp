#pragma once

#include "adapters/openssl/master_key.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mb::openssl {

/// AES-256-GCM. Sealed form: version (1 byte, 0x01), key id (4), nonce (12, random), ciphertext, tag (16).
/// Bound to the content: version, key id and place. One key may seal 2^32 values before random nonces wear out (NIST SP 800-38D section 8.3).
class openssl_sealer final : public ports::sealer {
public:
    static constexpr std::size_t overhead_bytes = 1 + 4 + 12 + 16;

    /// @param current  seals and opens; @param earlier  only open, until everything has been sealed again.
    /// @param random  outlives the sealer.
    openssl_sealer(master_key const& current, std::span<master_key const> earlier, ports::randomness const& random);

    std::string seal(std::string_view place, std::string_view plain) const override;
    outcome<secret> open(std::string_view place, std::string_view sealed) const override;

private:
    struct sealing_key {
        std::array<std::uint8_t, 4> id;  ///< derived from the master key, tells nothing about it
        secret key;
    };
    static sealing_key key_of(master_key const& master);

    std::vector<sealing_key> keys_;  ///< the first one seals
    ports::randomness const& random_;
};

}  // namespace mb::openssl
