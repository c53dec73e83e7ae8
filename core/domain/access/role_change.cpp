#include "core/domain/access/role_change.hpp"

#include "core/domain/base/text.hpp"

#include <algorithm>

namespace mb::access {
namespace {

bool is_small(char c) noexcept { return c >= 'a' && c <= 'z'; }

void check_name(std::string_view name, role_policy const& policy, violations& broken)
{
    constexpr std::string_view others = "0123456789_-";
    bool const sound =
        !name.empty() && is_small(name.front()) && std::ranges::all_of(name, [&](char c) { return is_small(c) || others.find(c) != others.npos; });
    if (!sound) broken.push_back({"/name", violation_code::pattern, "^[a-z][a-z0-9_-]*$"});
    if (name.size() > policy.name_characters_max) broken.push_back({"/name", violation_code::too_long, std::to_string(policy.name_characters_max)});
}

void check_description(std::string_view text, role_policy const& policy, violations& broken)
{
    if (!is_utf8(text) || has_control(text)) {
        broken.push_back({"/description", violation_code::wrong_format, "printable"});
        return;
    }
    if (count_code_points(text) > policy.description_characters_max)
        broken.push_back({"/description", violation_code::too_long, std::to_string(policy.description_characters_max)});
}

bool may_give(holdings const& giver, permission const& wanted)
{
    if (giver.limits != nullptr && !giver.limits->covers(wanted)) return false;
    return std::ranges::any_of(giver.roles, [&](role const* each) {
        return std::ranges::any_of(each->permissions, [&](auto const& held) { return covers(held, wanted); });
    });
}

bool may_give_administering(holdings const& giver)
{
    if (giver.limits != nullptr && !giver.limits->allows(power::administer)) return false;
    return std::ranges::any_of(giver.roles, [](role const* each) { return each->administers; });
}

}  // namespace

violations check_role(role const& wanted, role_policy const& policy)
{
    violations broken;
    check_name(wanted.name, policy, broken);
    check_description(wanted.description, policy, broken);
    if (wanted.permissions.size() > policy.permissions_max) {
        broken.push_back({"/permissions", violation_code::too_many, std::to_string(policy.permissions_max)});
        return broken;
    }
    for (std::size_t i = 1; i < wanted.permissions.size(); ++i) {
        auto const before = std::span{wanted.permissions}.first(i);
        if (std::ranges::find(before, wanted.permissions[i]) != before.end())
            broken.push_back({pointer_to("/permissions", i), violation_code::duplicate});
    }
    return broken;
}

verdict decide_grant(holdings const& giver, role const& wanted, role const* before)
{
    bool const administers_already = before != nullptr && before->administers;
    if (wanted.administers && !administers_already && !may_give_administering(giver)) return {false, "grant:deny"};
    for (auto const& each : wanted.permissions) {
        bool const had = before != nullptr && std::ranges::any_of(before->permissions, [&](auto const& held) { return covers(held, each); });
        if (!had && !may_give(giver, each)) return {false, "grant:deny"};
    }
    return {true, "grant:held"};
}

std::optional<problem> decide_changed_role(role const& stored, std::optional<std::int64_t> expected_version)
{
    if (stored.built_in) return problem::role_built_in;
    if (expected_version && *expected_version != stored.version) return problem::precondition_failed;
    return std::nullopt;
}

std::optional<problem> decide_removed_role(role const& stored, std::optional<std::int64_t> expected_version, std::size_t holders,
                                           std::optional<std::string_view> confirmed_name)
{
    if (auto const refused = decide_changed_role(stored, expected_version)) return refused;
    if (holders > 0 && confirmed_name != stored.name) return problem::role_in_use;
    return std::nullopt;
}

}  // namespace mb::access
