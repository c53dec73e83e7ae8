#include "core/domain/access/scope.hpp"

#include <algorithm>
#include <utility>

namespace mb::access {

std::string_view name_of(power what) noexcept
{
    switch (what) {
        case power::account: return "account";
        case power::keys: return "keys";
        case power::password: return "password";
        case power::administer: return "administer";
        case power::none:
        case power::records: return "";
    }
    return "";
}

std::variant<scope_set, std::vector<std::size_t>> scope_set::parse(std::span<std::string const> names)
{
    scope_set made;
    std::vector<std::size_t> unknown;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name_of(power::account)) {
            made.account_ = true;
        } else if (names[i] == name_of(power::keys)) {
            made.keys_ = true;
        } else if (names[i] == name_of(power::password)) {
            made.password_ = true;
        } else if (names[i] == name_of(power::administer)) {
            made.administer_ = true;
        } else if (auto const allowance = permission_named(names[i])) {
            if (std::ranges::find(made.permissions_, *allowance) == made.permissions_.end()) made.permissions_.push_back(*allowance);
        } else {
            unknown.push_back(i);
        }
    }
    if (!unknown.empty()) return unknown;
    return made;
}

reach scope_set::over(entities::entity_id entity, action what) const noexcept
{
    for (auto const widest : {reach::all, reach::own})
        if (covers(permission{entity, what, widest})) return widest;
    return reach::none;
}

bool scope_set::allows(power what) const noexcept
{
    switch (what) {
        case power::none: return false;
        case power::records: return !permissions_.empty();
        case power::account: return account_;
        case power::keys: return keys_;
        case power::password: return password_;
        case power::administer: return administer_;
    }
    return false;
}

bool scope_set::covers(permission const& wanted) const noexcept
{
    return std::ranges::any_of(permissions_, [&](permission const& each) { return access::covers(each, wanted); });
}

bool scope_set::covers(scope_set const& other) const noexcept
{
    for (auto const what : {power::account, power::keys, power::password, power::administer})
        if (other.allows(what) && !allows(what)) return false;
    return std::ranges::all_of(other.permissions_, [this](permission const& each) { return covers(each); });
}

std::vector<std::string> scope_set::names() const
{
    std::vector<std::string> written;
    for (auto const& each : permissions_) written.push_back(text_of(each));
    for (auto const what : {power::account, power::keys, power::password, power::administer})
        if (allows(what)) written.emplace_back(name_of(what));
    return written;
}

}  // namespace mb::access
