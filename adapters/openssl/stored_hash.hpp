#pragma once

#include "adapters/openssl/password_hashers.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace mb::openssl {

/// Of bcrypt's own base64, at the end of its text.
inline constexpr std::size_t bcrypt_hash_characters = 31;

/// i only in imports: RFC 9106 section 4 recommends id.
enum class argon2_kind : std::uint8_t { id, i };

/// A stored password hash, taken apart. Views end with the text it was parsed from.
struct stored_hash {
    password_algorithm algorithm = password_algorithm::bcrypt;
    std::optional<std::string_view> pepper_id;  ///< none: an import, made from the bare password
    int bcrypt_cost = 0;
    std::string_view bcrypt_setting;  ///< "$2b$12$" and the salt
    argon2_kind variant = argon2_kind::id;
    argon2_cost argon2;
    std::string argon2_salt;
    /// bcrypt: the last 31 characters as stored; Argon2: the bytes.
    std::string hash;
};

/// Strict: nothing where the text is none of the forms of password_hashers, or its cost is past the bounds there.
std::optional<stored_hash> parse_stored_hash(std::string_view text);

/// "$v=19$m=19456,t=2,p=1$<salt>$<hash>", standard base64 without padding.
std::string format_argon2(argon2_cost const& cost, std::string_view salt, std::string_view hash);

}  // namespace mb::openssl
