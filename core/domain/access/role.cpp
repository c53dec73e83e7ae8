#include "core/domain/access/role.hpp"

#include <array>

namespace mb::access {
namespace {

constexpr std::array all_actions{action::list, action::get, action::create, action::update, action::remove};
constexpr std::string_view own_mark = ":own";

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

std::string_view name_of(reach over) noexcept
{
    switch (over) {
        case reach::none: return "none";
        case reach::own: return "own";
        case reach::all: return "all";
    }
    return "none";
}

std::string text_of(permission const& allowance)
{
    std::string text(name_of(allowance.what));
    if (allowance.entity) text += ':' + allowance.entity->text();
    if (allowance.over == reach::own) text += own_mark;
    return text;
}

std::optional<permission> permission_named(std::string_view text)
{
    permission read;
    if (text.ends_with(own_mark)) {
        text.remove_suffix(own_mark.size());
        read.over = reach::own;
    }
    auto const colon = text.find(':');
    auto const what = action_named(text.substr(0, colon));
    if (!what) return std::nullopt;
    read.what = *what;
    if (colon == std::string_view::npos) return read;
    read.entity = entities::entity_id::parse(text.substr(colon + 1));
    if (!read.entity) return std::nullopt;
    return read;
}

bool covers(permission const& held, permission const& wanted) noexcept
{
    return held.what == wanted.what && (!held.entity || held.entity == wanted.entity) && held.over >= wanted.over;
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
    verdict widest{false, "default:deny"};
    for (auto const* each : roles)
        for (auto const& allowance : each->permissions)
            if (allowance.over > widest.over && covers(allowance, {entity, what, allowance.over}))
                widest = {true, "role:" + each->name, allowance.over};
    return widest;
}

}  // namespace mb::access
