#include "adapters/memory/database/identity_repositories.hpp"

#include <utility>

namespace mb::memory {
namespace {

using identity::recovery_code;
using identity::totp_factor;
using identity::user_id;

std::vector<recovery_code> codes_of(tables const& rows, user_id owner)
{
    std::vector<recovery_code> found;
    rows.recovery_codes.ascending(
        [&](auto const& at, recovery_code const& each) {
            if (at.first != owner) return false;
            found.push_back(each);
            return true;
        },
        std::optional(std::pair{owner, identity::recovery_code_id{}}));
    return found;
}

}  // namespace

void forget_recovery_codes(tables& rows, user_id owner)
{
    for (auto const& each : codes_of(rows, owner)) {
        rows.recovery_codes.erase({owner, each.id});
        rows.recovery_codes_owner.erase(each.id);
    }
}

outcome<std::optional<totp_factor>> factor_rows::find(user_id owner)
{
    auto const* found = space_.rows().factors.find(owner);
    if (found == nullptr) return std::optional<totp_factor>{};
    return std::optional(found->clone());
}

outcome<void> factor_rows::save(totp_factor const& saved)
{
    MB_TRY(auto* rows, space_.change("memory.second_factors.save"));
    if (rows->users.contains(saved.owner)) rows->factors.put(saved.owner, saved.clone());
    return {};
}

outcome<void> factor_rows::remove(user_id owner)
{
    MB_TRY(auto* rows, space_.change("memory.second_factors.remove"));
    rows->factors.erase(owner);
    forget_recovery_codes(*rows, owner);
    return {};
}

outcome<std::vector<recovery_code>> factor_rows::recovery_codes(user_id owner) { return codes_of(space_.rows(), owner); }

outcome<void> factor_rows::replace_recovery_codes(user_id owner, std::vector<recovery_code> const& codes)
{
    MB_TRY(auto* rows, space_.change("memory.second_factors.replace_recovery_codes"));
    forget_recovery_codes(*rows, owner);
    for (auto const& each : codes) {
        rows->recovery_codes.put({owner, each.id}, recovery_code{each});
        rows->recovery_codes_owner.put(each.id, owner);
    }
    return {};
}

outcome<void> factor_rows::spend_recovery_code(identity::recovery_code_id id, instant now)
{
    MB_TRY(auto* rows, space_.change("memory.second_factors.spend_recovery_code"));
    auto const* owner = rows->recovery_codes_owner.find(id);
    if (owner == nullptr) return {};
    auto const key = std::pair{*owner, id};
    auto spent = *rows->recovery_codes.find(key);
    spent.used_at = now;
    rows->recovery_codes.put(key, std::move(spent));
    return {};
}

}  // namespace mb::memory
