#include "core/usecases/identity/list_users.hpp"

#include "core/usecases/access/record_denial.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<account_page>> list_users::operator()(ports::user_filter const& filter, caller const& who, audit::origin const& from) const
{
    MB_TRY(auto const refused, refuse_unless_administers(who, from, store_, clock_, random_));
    if (refused) return *refused;
    auto const now = clock_.now();
    return ports::read(store_, [&](ports::transaction& tx) -> outcome<answer<account_page>> {
        MB_TRY(auto users, tx.users().list(filter));
        account_page page;
        page.has_more = users.size() > filter.limit;
        for (auto& user : users) {
            if (page.accounts.size() == filter.limit) break;
            MB_TRY(auto shown, account_of(std::move(user), tx, digests_, now));
            page.accounts.push_back(std::move(shown));
        }
        return answer<account_page>{std::move(page)};
    });
}

}  // namespace mb::usecases
