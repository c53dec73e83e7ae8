#pragma once

#include "core/domain/access/role.hpp"
#include "core/domain/access/scope.hpp"
#include "core/domain/base/problem.hpp"
#include "core/domain/base/violation.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace mb::access {

/// How much of roles there may be: each replica holds all of them in memory, and looks through the caller's at each request.
struct role_policy {
    std::size_t roles_max = 100;  ///< with the built-in ones
    std::size_t permissions_max = 500;
    std::size_t name_characters_max = 64;
    std::size_t description_characters_max = 500;
};

/// Everything that is wrong with a new or changed role: /name ^[a-z][a-z0-9_-]*$, /description, /permissions, /permissions/<i>.
violations check_role(role const& wanted, role_policy const& policy);

/// What somebody holds: their roles, and the scopes of the key that they came with.
struct holdings {
    std::span<role const* const> roles;
    scope_set const* limits = nullptr;  ///< null: no key
};

/// Nobody gives what they don't hold. `before` is what the receiver has of it already: only what is added is judged.
/// @return allowed; or "grant:deny", where `wanted` adds a permission, or administering, that the giver lacks.
verdict decide_grant(holdings const& giver, role const& wanted, role const* before);

/// Why the role can't be changed or deleted: role_built_in, precondition_failed where another version was expected.
std::optional<problem> decide_changed_role(role const& stored, std::optional<std::int64_t> expected_version);
/// As above; and role_in_use while somebody holds it, unless the deletion was confirmed with its name.
std::optional<problem> decide_removed_role(role const& stored, std::optional<std::int64_t> expected_version, std::size_t holders,
                                           std::optional<std::string_view> confirmed_name);

}  // namespace mb::access
