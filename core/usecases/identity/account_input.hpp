#pragma once

#include "core/domain/access/role.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/base/violation.hpp"
#include "core/domain/identity/password.hpp"
#include "core/domain/identity/user.hpp"
#include "ports/cryptography.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mb::usecases {

constexpr std::size_t display_name_characters_max = 200;

/// Members of a new account as they came.
struct account_input {
    std::string const& email;
    secret const& password;
    std::optional<std::string> const& username;
    std::optional<std::string> const& display_name;
};

/// The members of an account that others know it by.
struct account_names {
    std::string const& email;
    std::optional<std::string> const& username;
    std::optional<std::string> const& display_name;
};

struct accepted_account {
    identity::email address;
    std::optional<identity::username> name;
};

/// Everything that is wrong with the names of a new account, or their canonical forms.
/// @param parent  JSON Pointer of the object that the members are in; so below.
std::variant<accepted_account, violations> accept_names(account_names const& asked, std::string_view parent);

/// Everything that is wrong with a new account, or its canonical members. Estimates the password, which takes milliseconds: not inside a
/// transaction.
std::variant<accepted_account, violations> accept_account(account_input const& asked, ports::password_judge const& judge,
                                                          identity::password_policy const& passwords, std::string_view parent);

/// Appends what is wrong with the text.
std::optional<identity::username> accept_username(std::string_view text, violations& broken, std::string pointer);
void check_display_name(std::string_view text, violations& broken, std::string const& pointer);
/// One violation for each name that no role has.
violations check_roles(std::vector<std::string> const& names, std::vector<access::role> const& known);
/// In the order of their first appearance.
std::vector<std::string> without_repeats(std::vector<std::string> const& names);

}  // namespace mb::usecases
