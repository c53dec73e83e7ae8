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

/// Which records of an entity an allowance is about. In the order of width.
enum class reach : std::uint8_t { none, own, all };
std::string_view name_of(reach over) noexcept;  ///< none, own, all

/// One allowance: this action, on one entity or on every entity, over all records or those that the holder created (seed 004, phase 5.12).
struct permission {
    std::optional<entities::entity_id> entity;  ///< none: every entity
    action what = action::list;
    reach over = reach::all;
    friend bool operator==(permission const&, permission const&) = default;
};

/// "get" for every entity, "get:<entity>" for one; with ":own" behind it for the holder's own records.
std::string text_of(permission const& allowance);
std::optional<permission> permission_named(std::string_view text);
/// Whether who holds the one may do everything that the other allows.
bool covers(permission const& held, permission const& wanted) noexcept;

struct role {
    std::string name;
    std::string description;
    std::vector<permission> permissions;
    bool built_in = false;
    /// May also define entities and manage users, keys and roles.
    bool administers = false;
    std::int64_t version = 1;  ///< its ETag is "v<version>"
};

constexpr std::string_view admin_role = "admin";
constexpr std::string_view default_role = "user";

/// admin, editor, user, viewer (seed 004, phase 5.12): the first may everything; editor and user work on the records of every entity; viewer reads
/// them.
std::span<role const> built_in_roles();

/// Whether something is allowed, and which rule said so, so that an audit row can record why.
struct verdict {
    bool allowed = false;
    std::string rule;          ///< "role:editor"; or what denies: "default:deny", "scope:deny", "ownership:deny", "grant:deny", "origin:deny"
    reach over = reach::none;  ///< where it is about records and allows: which of them
};

/// Decides an action on the records of an entity. Deny unless a role of the caller allows it; of several roles that do, the first of those
/// that reach widest is named.
verdict decide_action(std::span<role const* const> roles, entities::entity_id entity, action what);

}  // namespace mb::access
