#pragma once

#include "core/domain/base/id.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mb::entities {
using entity_id = id<struct entity_tag>;
}

namespace mb::access {

/// What can be done to the records of an entity.
enum class action : std::uint8_t { list, get, create, update, remove };
std::string_view name_of(action what) noexcept;  ///< list, get, create, update, delete
std::optional<action> action_named(std::string_view name) noexcept;

/// One allowance: this action, on one entity or on every entity.
struct permission {
    std::optional<entities::entity_id> entity;  ///< none: every entity
    action what = action::list;
    friend bool operator==(permission const&, permission const&) = default;
};

std::string text_of(permission const& allowance);  ///< "get" for every entity, "get:<entity>" for one
std::optional<permission> permission_named(std::string_view text);

struct role {
    std::string name;
    std::string description;
    std::vector<permission> permissions;
    bool built_in = false;
    /// May also define entities and manage users, keys and roles.
    bool administers = false;
};

constexpr std::string_view admin_role = "admin";
constexpr std::string_view default_role = "user";

/// admin, editor, user, viewer (seed 004, phase 5.12): the first may everything; editor and user work on the records of every entity; viewer reads
/// them.
std::span<role const> built_in_roles();

/// Whether something is allowed, and which rule said so, so that an audit row can record why.
struct verdict {
    bool allowed = false;
    std::string rule;  ///< "role:editor", or "default:deny"
};

/// Decides an action on the records of an entity. Deny unless a role of the caller allows it.
verdict decide_action(std::span<role const* const> roles, entities::entity_id entity, action what);

}  // namespace mb::access
