#pragma once

#include "core/domain/access/scope.hpp"
#include "core/domain/base/id.hpp"
#include "core/domain/base/instant.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/identity/email_token.hpp"
#include "core/domain/identity/user.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mb::tokens {

using api_key_id = id<struct api_key_tag>;

/// A key that a program carries. Its text is "sk_live_" and 64 letters and digits; only a keyed digest of it is kept (decisions.md #9).
struct api_key {
    api_key_id id;
    identity::user_id owner;
    std::string name;
    std::string prefix;  ///< what the owner tells it by: "sk_live_" and the first 8 of the 64
    identity::digest digest{};
    access::scope_set scopes;
    std::optional<instant> expires_at;
    std::optional<instant> last_used_at;
    std::optional<instant> revoked_at;
    instant created_at{};
};

constexpr std::string_view api_key_mark = "sk_live_";
constexpr std::size_t api_key_letters = 64;
/// What the digest of a key's text is keyed for.
constexpr std::string_view api_key_purpose = "api key";

/// Whether a text has the form of a key: what hasn't needs no look at the store.
bool is_api_key(std::string_view text) noexcept;
/// A key's text from random bytes: `draw` fills what it is given, and may be asked more than once.
secret draw_api_key(std::function<void(std::span<std::uint8_t>)> const& draw);
std::string api_key_prefix(secret const& text);

struct api_key_policy {
    std::size_t live_max = 50;  ///< keys of one account that are neither revoked nor expired
};

/// Whether a key opens doors. It is dead AT `expires_at`, not one tick later.
enum class api_key_standing : std::uint8_t { good, revoked, expired };
api_key_standing decide_api_key(api_key const& held, instant now) noexcept;

}  // namespace mb::tokens
