#include "core/domain/access/role.hpp"

#include <array>

namespace mb::access {
namespace {

constexpr std::array all_actions{action::list, action::get, action::create, action::update, action::remove};

std::vector<permission> everywhere(std::span<action const> actions)
{
    std::vector<permission> permissions;
    for (auto const what : actions) permissions.push_back({std::nullopt, what});
    return permissions;
}

}  // namespace

std::string_view name_of(action what) noexcept
{
    switch (what) {
        case action::list: return "list";
        case action::get: return "get";
        case action::create: return "create";
        case action::update: return "update";
        case action::remove: return "delete";
    }
    return "list";
}

std::optional<action> action_named(std::string_view name) noexcept
{
    for (auto const what : all_actions)
        if (name == name_of(what)) return what;
    return std::nullopt;
}

std::string text_of(permission const& allowance)
{
    std::string text(name_of(allowance.what));
    if (allowance.entity) text += ':' + allowance.entity->text();
    return text;
}

std::optional<permission> permission_named(std::string_view text)
{
    auto const colon = text.find(':');
    auto const what = action_named(text.substr(0, colon));
    if (!what) return std::nullopt;
    if (colon == std::string_view::npos) return permission{std::nullopt, *what};
    auto const entity = entities::entity_id::parse(text.substr(colon + 1));
    if (!entity) return std::nullopt;
    return permission{*entity, *what};
}

std::span<role const> built_in_roles()
{
    constexpr std::array reading{action::list, action::get};
    static std::array<role, 4> const roles{
        role{"admin", "Administers users, keys, roles and entities; works on every record", everywhere(all_actions), true, true},
        role{"editor", "Works on the records of every entity and on content", everywhere(all_actions), true, false},
        role{"user", "Works on the records of every entity", everywhere(all_actions), true, false},
        role{"viewer", "Reads the records of every entity", everywhere(reading), true, false},
    };
    return roles;
}

verdict decide_action(std::span<role const* const> roles, entities::entity_id entity, action what)
{
    for (auto const* each : roles) {
        for (auto const& allowance : each->permissions)
            if (allowance.what == what && (!allowance.entity || *allowance.entity == entity)) return {true, "role:" + each->name};
    }
    return {false, "default:deny"};
}

}  // namespace mb::access
