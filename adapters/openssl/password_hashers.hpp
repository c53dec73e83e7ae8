#pragma once

#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace mb::openssl {

/// A key that every password is mixed with before it is hashed, so that a stolen table alone can't be guessed against.
struct pepper {
    std::string id;  ///< 1 to 32 of A-Z a-z 0-9 - _; stored with each hash
    secret key;
};

enum class password_algorithm : std::uint8_t { bcrypt, argon2id };

struct argon2_cost {
    std::uint32_t memory_kib = 19'456;
    std::uint32_t passes = 2;
    std::uint32_t lanes = 1;
    friend bool operator==(argon2_cost const&, argon2_cost const&) = default;
};

/// What new hashes are made with. The defaults are the OWASP password storage recommendations.
struct password_cost {
    password_algorithm algorithm = password_algorithm::bcrypt;
    int bcrypt = 12;  ///< logarithm of the rounds
    argon2_cost argon2;
};

/// bcrypt (libxcrypt) and Argon2id (libargon2, RFC 9106). Stored forms:
///   mb1$bcrypt$<pepper id>$2b$12$<salt, hash>
///   mb1$argon2id$<pepper id>$v=19$m=19456,t=2,p=1$<salt>$<hash>
/// over base64(HMAC-SHA-384(pepper, password)): 64 characters, so neither bcrypt's cut at 72 bytes nor a NUL changes anything.
/// Imported $2a$, $2b$, $2y$, $argon2id$ and $argon2i$ hashes of the bare password are verified and reported as outdated.
class password_hashers final : public ports::password_hasher {
public:
    static constexpr int bcrypt_cost_min = 4;
    static constexpr int bcrypt_cost_max = 15;
    static constexpr argon2_cost argon2_cost_max{256 * 1024, 10, 4};
    // What an import may cost its owner's first login, and whoever tries to log in as them before: about a second.
    static constexpr int imported_bcrypt_cost_max = 14;
    static constexpr std::uint64_t imported_argon2_work_max = 512 * 1024;  ///< KiB, times passes

    /// @param peppers  the first one is mixed into new hashes, the others only verify; at least one.
    /// @param random  outlives the hasher. Costs past the bounds above end the process: configuration checks them.
    password_hashers(std::vector<pepper> peppers, password_cost cost, ports::randomness const& random);

    /// @error unavailable  no memory for Argon2.
    outcome<std::string> hash(secret const& password) const override;
    /// @error corrupt  no form of the above, a pepper we don't have, or a cost past our bounds. @error unavailable  as above.
    outcome<verdict> verify(secret const& password, std::string_view stored) const override;
    bool admits(std::string_view foreign) const noexcept override;
    std::string_view decoy() const noexcept override { return decoy_; }

private:
    pepper const* find_pepper(std::string_view id) const noexcept;
    std::string prefix() const;
    std::string make_decoy() const;

    std::vector<pepper> peppers_;
    password_cost cost_;
    ports::randomness const& random_;
    std::string decoy_;
};

}  // namespace mb::openssl
