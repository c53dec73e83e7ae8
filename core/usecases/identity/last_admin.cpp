#include "core/usecases/identity/last_admin.hpp"

#include "core/domain/access/role.hpp"

#include <algorithm>

namespace mb::usecases {

bool is_active_admin(identity::user const& who)
{
    return who.status == identity::user_status::active && std::ranges::find(who.roles, access::admin_role) != who.roles.end();
}

outcome<bool> others_administer(ports::transaction& tx)
{
    MB_TRY(auto const admins, tx.users().count_active(access::admin_role));
    if (admins <= 1) return false;
    // Two admins may be ending each other. Every such change writes this row, so the second one waits here for the first, and counts again:
    // right under read committed too.
    MB_CHECK(tx.catalogue().advance());
    MB_TRY(auto const left, tx.users().count_active(access::admin_role));
    return left > 1;
}

}  // namespace mb::usecases
