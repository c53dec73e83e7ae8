#include "adapters/memory/database/identity_repositories.hpp"
#include "core/domain/base/text.hpp"

#include <algorithm>
#include <utility>

namespace mb::memory {
namespace {

using identity::user;
using identity::user_id;

bool holds(user const& who, std::string_view role) { return std::ranges::find(who.roles, role) != who.roles.end(); }

bool admits(ports::user_filter const& filter, std::string const& folded, user const& who)
{
    auto const shows = [&](std::string_view text) { return ascii_lower(text).find(folded) != std::string::npos; };
    if (filter.role && !holds(who, *filter.role)) return false;
    if (filter.status && who.status != *filter.status) return false;
    if (filter.verified && who.email_verified != *filter.verified) return false;
    if (!filter.text) return true;
    return shows(who.address.text()) || (who.name && shows(who.name->text())) || (who.display_name && shows(*who.display_name));
}

bool taken(tables const& rows, user const& wanted)
{
    auto const* by_address = rows.users_by_address.find(wanted.address);
    auto const* by_name = wanted.name ? rows.users_by_name.find(*wanted.name) : nullptr;
    return (by_address != nullptr && *by_address != wanted.id) || (by_name != nullptr && *by_name != wanted.id);
}

void put(tables& rows, user const& saved)
{
    if (auto const* old = rows.users.find(saved.id)) {
        if (old->address != saved.address) rows.users_by_address.erase(old->address);
        if (old->name && old->name != saved.name) rows.users_by_name.erase(*old->name);
    }
    rows.users_by_address.put(saved.address, saved.id);
    if (saved.name) rows.users_by_name.put(*saved.name, saved.id);
    rows.users.put(saved.id, saved);
}

template <class Index, class Key>
std::optional<user> look_up(tables const& rows, Index const& index, Key const& key)
{
    auto const* id = index.find(key);
    if (id == nullptr) return std::nullopt;
    return *rows.users.find(*id);
}

}  // namespace

outcome<std::optional<user>> user_rows::find(user_id id)
{
    auto const* found = space_.rows().users.find(id);
    return found == nullptr ? std::nullopt : std::optional(*found);
}

outcome<std::optional<user>> user_rows::find(identity::email const& address)
{
    return look_up(space_.rows(), space_.rows().users_by_address, address);
}

outcome<std::optional<user>> user_rows::find(identity::username const& name) { return look_up(space_.rows(), space_.rows().users_by_name, name); }

outcome<void> user_rows::insert(user const& added)
{
    MB_TRY(auto* rows, space_.change("memory.users.insert"));
    if (rows->users.contains(added.id) || taken(*rows, added)) return error{errc::duplicate, "memory.users.insert", ""};
    put(*rows, added);
    return {};
}

outcome<void> user_rows::update(user const& changed)
{
    MB_TRY(auto* rows, space_.change("memory.users.update"));
    if (!rows->users.contains(changed.id)) return error{errc::unexpected, "memory.users.update", "no such user"};
    if (taken(*rows, changed)) return error{errc::duplicate, "memory.users.update", ""};
    put(*rows, changed);
    return {};
}

outcome<std::vector<user>> user_rows::list(ports::user_filter const& filter)
{
    std::vector<user> found;
    auto const folded = ascii_lower(filter.text.value_or(""));
    space_.rows().users.ascending(
        [&](user_id, user const& each) {
            if (admits(filter, folded, each)) found.push_back(each);
            return found.size() <= filter.limit;
        },
        filter.after);
    return found;
}

outcome<std::size_t> user_rows::count_active(std::string_view role)
{
    std::size_t count = 0;
    space_.rows().users.ascending([&](user_id, user const& each) {
        if (each.status == identity::user_status::active && holds(each, role)) ++count;
        return true;
    });
    return count;
}

}  // namespace mb::memory
