#pragma once

#include "core/domain/base/id.hpp"
#include "core/domain/base/instant.hpp"
#include "core/domain/base/text.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mb::identity {

using user_id = id<struct user_tag>;

/// A canonical address: lower case, ASCII, 254 bytes at most (security.md section 6.17).
class email {
public:
    static std::optional<email> parse(std::string_view text);
    static email restore(std::string text) { return email{std::move(text)}; }
    std::string const& text() const noexcept { return text_; }
    friend auto operator<=>(email const&, email const&) = default;

private:
    explicit email(std::string text) noexcept : text_(std::move(text)) {}
    std::string text_;
};

/// 3 to 64 of a-z 0-9 . _ -, first a letter or digit, canonical in lower case; never looks like an address or a UUID.
class username {
public:
    static std::optional<username> parse(std::string_view text);
    static username restore(std::string text) { return username{std::move(text)}; }
    std::string const& text() const noexcept { return text_; }
    friend auto operator<=>(username const&, username const&) = default;

private:
    explicit username(std::string text) noexcept : text_(std::move(text)) {}
    std::string text_;
};

/// HMAC-SHA-256 of an address under a key outside the database, in base64url (decisions.md #12).
struct ip_hash {
    std::string text;
    friend bool operator==(ip_hash const&, ip_hash const&) = default;
};

/// What a request came from, as far as it shows (seed 002 section 2, request_source).
enum class request_source : std::uint8_t { web, mobile, api };
std::string_view name_of(request_source source) noexcept;
std::optional<request_source> request_source_named(std::string_view name) noexcept;

enum class user_status : std::uint8_t { active, disabled };
std::string_view name_of(user_status status) noexcept;
std::optional<user_status> status_named(std::string_view name) noexcept;

struct user {
    user_id id;
    email address;
    std::optional<username> name{};
    std::optional<std::string> display_name{};
    std::optional<std::string> password_hash{};  ///< "mb1$…"; none for a passwordless account
    bool email_verified = false;
    user_status status = user_status::active;
    std::vector<std::string> roles{};
    std::int64_t authz_version = 1;  ///< grows with each change of roles or status
    instant created_at{};
    instant updated_at{};
    std::optional<instant> last_login_at{};
    bool second_factor = false;                 ///< logging in takes a second step (totp.hpp)
    std::optional<std::string> login_habits{};  ///< format_habits (habits.hpp); none before the first login
};

}  // namespace mb::identity
