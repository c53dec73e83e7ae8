#include "core/usecases/identity/get_user.hpp"

#include "core/usecases/access/record_denial.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<account>> get_user::operator()(identity::user_id target, caller const& who, audit::origin const& from) const
{
    MB_TRY(auto const refused, refuse_unless_administers(who, from, store_, clock_, random_));
    if (refused) return *refused;
    auto const now = clock_.now();
    return ports::read(store_, [&](ports::transaction& tx) -> outcome<answer<account>> {
        MB_TRY(auto user, tx.users().find(target));
        if (!user) return answer<account>{problem::user_not_found};
        MB_TRY(auto shown, account_of(*std::move(user), tx, digests_, now));
        return answer<account>{std::move(shown)};
    });
}

}  // namespace mb::usecases
