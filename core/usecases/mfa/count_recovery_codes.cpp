#include "core/usecases/mfa/count_recovery_codes.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<recovery_count>> count_recovery_codes::operator()(caller const& who) const
{
    using result = answer<recovery_count>;
    return ports::read(store_, [&](ports::transaction& tx) -> outcome<result> {
        MB_TRY(auto const user, tx.users().find(who.user.id));
        if (!user) return result{problem::invalid_token};
        if (!user->second_factor) return result{problem::second_factor_missing};
        if (auto stale = proofs_.refuse_unless_fresh(who, *user)) return result{*std::move(stale)};
        MB_TRY(auto const codes, tx.second_factors().recovery_codes(user->id));
        recovery_count counted;
        for (auto const& each : codes) {
            ++(each.used_at ? counted.used : counted.left);
            counted.made_at = each.created_at;
        }
        return result{counted};
    });
}

}  // namespace mb::usecases
