#include "core/usecases/access/list_roles.hpp"

#include "core/usecases/access/record_denial.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<std::vector<access::role>>> list_roles::operator()(caller const& who, audit::origin const& from) const
{
    MB_TRY(auto const refused, refuse_unless_administers(who, from, store_, clock_, random_));
    if (refused) return *refused;
    MB_TRY(auto roles, ports::read(store_, [](ports::transaction& tx) { return tx.roles().list(); }));
    return answer<std::vector<access::role>>{std::move(roles)};
}

}  // namespace mb::usecases
