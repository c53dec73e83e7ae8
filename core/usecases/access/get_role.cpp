#include "core/usecases/access/get_role.hpp"

#include "core/usecases/access/record_denial.hpp"

#include <utility>

namespace mb::usecases {

outcome<answer<access::role>> get_role::operator()(std::string_view name, caller const& who, audit::origin const& from) const
{
    MB_TRY(auto const refused, refuse_unless_administers(who, from, store_, clock_, random_));
    if (refused) return *refused;
    MB_TRY(auto found, ports::read(store_, [&](ports::transaction& tx) { return tx.roles().find(name); }));
    if (!found) return problem::role_not_found;
    return answer<access::role>{*std::move(found)};
}

}  // namespace mb::usecases
