#pragma once

#include "adapters/http/route.hpp"
#include "core/domain/access/role_change.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/base/violation.hpp"
#include "core/domain/shape/rule.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mb::http {

// The types of a body's members carry their rules: from the one declaration come parsing, checking, binding and OpenAPI.
// What an address or a user name may look like is the use case's to say, so that one answer can list everything that is wrong.

template <std::size_t Min, std::size_t Max>
struct text {
    std::string value;
};
/// Never shown, never trimmed, taken exactly as received.
struct password_text {
    secret value;
};
struct truth {
    bool value = false;
};
/// A list that may be longer than lists are.
template <class T, std::size_t Max>
struct long_list {
    std::vector<T> items;
};
/// A member of a patch: absent leaves, null clears.
template <class T>
struct change {
    enum class kind : unsigned char { keep, clear, set } what = kind::keep;
    T value{};
};

struct registration_body {
    text<1, 320> email;
    password_text password;
    std::optional<text<1, 64>> username;
    std::optional<text<1, 200>> display_name;
};

struct email_body {
    text<1, 320> email;
};

/// One of `email` and `username`; seed 000 sends the second.
struct credentials_body {
    std::optional<text<1, 320>> email;
    std::optional<text<1, 320>> username;
    password_text password;
};

struct password_reset_body {
    text<1, 128> token;
    password_text new_password;
};

struct password_change_body {
    password_text current_password;
    password_text new_password;
};

struct profile_body {
    change<text<1, 200>> display_name;
    change<text<1, 64>> username;
};

struct factor_code_body {
    text<1, 32> code;
};

/// One of `code` and `recovery_code`.
struct factor_verification_body {
    text<1, 4096> mfa_session_token;
    std::optional<text<1, 32>> code;
    std::optional<text<1, 64>> recovery_code;
};

/// One of the three.
struct step_up_body {
    std::optional<text<1, 32>> code;
    std::optional<text<1, 64>> recovery_code;
    std::optional<password_text> password;
};

struct api_key_body {
    text<0, 1024> name;
    std::vector<text<1, 64>> scopes;
    std::optional<text<1, 64>> expires_at;
};

struct user_change_body {
    std::optional<std::vector<text<1, 64>>> roles;
    std::optional<text<1, 16>> status;
};

struct review_body {
    truth reviewed;
};

using permission_list = long_list<text<1, 128>, access::role_policy{}.permissions_max>;

struct role_body {
    text<0, 256> name;
    std::optional<text<0, 4096>> description;
    permission_list permissions;
    std::optional<truth> administers;
};

struct role_change_body {
    std::optional<text<0, 4096>> description;
    permission_list permissions;
    std::optional<truth> administers;
};

/// A body of the given type, or everything that is wrong with it.
template <class Body>
std::variant<Body, violations> bind(shape::value const& input);

/// The rules of a schema that is a fixed body; null for the others.
shape::object_rule const* rule_of(schema body) noexcept;

}  // namespace mb::http
