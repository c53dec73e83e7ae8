#include "core/usecases/access/caller.hpp"

namespace mb::usecases {

access::verdict decide(caller const& who, entities::entity_id entity, access::action what)
{
    return access::decide_action(who.known->roles_named(who.user.roles), entity, what);
}

access::verdict decide_administering(caller const& who)
{
    for (auto const* each : who.known->roles_named(who.user.roles))
        if (each->administers) return {true, "role:" + each->name};
    return {false, "default:deny"};
}

}  // namespace mb::usecases
