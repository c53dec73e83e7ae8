#pragma once

#include "core/domain/base/id.hpp"
#include "core/domain/base/instant.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/identity/email_token.hpp"
#include "core/domain/identity/user.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace mb::identity {

using recovery_code_id = id<struct recovery_code_tag>;

constexpr std::size_t recovery_codes_count = 8;  ///< of a set (seed 004 phase 5.6)
/// 120 random bits: a fast keyed digest is enough to keep them by (ASVS 6.5.2 asks for 112).
constexpr std::size_t recovery_code_bytes = 15;
/// What the digest of a code is keyed for.
constexpr std::string_view recovery_code_purpose = "recovery code";

/// One of the codes for the day on which the telephone is gone. Only a keyed digest of owner and code is kept.
struct recovery_code {
    recovery_code_id id;
    user_id owner;
    identity::digest digest{};
    instant created_at{};
    std::optional<instant> used_at{};
};

/// How a code is shown: four groups of six letters and digits. @param drawn  recovery_code_bytes of them.
secret write_recovery_code(secret const& drawn);
/// The code of what somebody typed, whatever its case, spaces and hyphens; nothing where it is no code.
std::optional<secret> read_recovery_code(std::string_view typed);
/// What is digested: a code is good for its owner alone.
secret recovery_code_content(user_id owner, secret const& code);

enum class recovery_refusal : std::uint8_t { wrong, used };
std::string_view name_of(recovery_refusal why) noexcept;  ///< as written into the metadata of an event

/// Decides on a code: the place of the one that is spent by it.
std::variant<std::size_t, recovery_refusal> decide_recovery(std::span<recovery_code const> codes, digest const& shown) noexcept;

}  // namespace mb::identity
