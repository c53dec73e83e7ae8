#pragma once

#include "core/domain/base/instant.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/identity/user.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace mb::identity {

/// What codes are made with (RFC 6238 section 1.2). Ours are of SHA-1, which every app knows; HMAC needs no collision resistance.
enum class code_hash : std::uint8_t { sha1, sha256, sha512 };
std::string_view name_of(code_hash how) noexcept;  ///< as an otpauth URI says it: SHA1, SHA256, SHA512

struct totp_policy {
    std::chrono::seconds period{30};
    int digits = 6;  ///< 6 to 8
    code_hash hash = code_hash::sha1;
    /// How many steps the owner's clock may be off, either way (RFC 6238 section 5.2 recommends one).
    std::int64_t steps_off = 1;
    std::string issuer = "MetaBuilder";  ///< what an app shows above the codes
};

/// RFC 4226 section 4, R6: as long as the output of SHA-1.
constexpr std::size_t totp_key_bytes = 20;

/// The app that makes codes for one account.
struct totp_factor {
    user_id owner;
    secret key;
    /// The time step of the last code that was accepted: no code of it, or of one before, is accepted again (RFC 6238 section 5.2).
    std::optional<std::int64_t> last_step{};

    totp_factor clone() const { return {owner, key.clone(), last_step}; }
};

std::int64_t step_of(instant at, totp_policy const& policy) noexcept;
/// The eight bytes whose HMAC the code of a step is made from (RFC 4226 section 5.1).
std::string moving_factor(std::int64_t step);
/// RFC 4226 section 5.3. @param mac  at least 20 bytes; @param digits  at most 9.
std::string code_of(std::string_view mac, int digits);
/// The digits of a code as somebody typed it, who may have left spaces; nothing where it is no code.
std::optional<std::string> read_code(std::string_view typed, totp_policy const& policy);

struct code_candidate {
    std::int64_t step;
    std::string code;
};
enum class code_refusal : std::uint8_t {
    wrong,
    replayed  ///< right, but its step was accepted before, or one after it
};
std::string_view name_of(code_refusal why) noexcept;  ///< as written into the metadata of an event

/// Decides on a code: the step that it is accepted for, and that has to be kept. Takes the same time whichever candidate it is.
/// @param candidates  the codes of the steps that the policy admits now.
std::variant<std::int64_t, code_refusal> decide_code(std::optional<std::int64_t> last_step, std::span<code_candidate const> candidates,
                                                     std::string_view shown) noexcept;

/// What a QR code tells an app (https://github.com/google/google-authenticator/wiki/Key-Uri-Format).
secret otpauth_uri(secret const& key, email const& account, totp_policy const& policy);

}  // namespace mb::identity
