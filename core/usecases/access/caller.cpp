#include "core/usecases/access/caller.hpp"

namespace mb::usecases {

access::verdict decide(caller const& who, entities::entity_id entity, access::action what)
{
    if (who.key && !who.key->scopes.allows(entity, what)) return {false, "scope:deny"};
    return access::decide_action(who.known->roles_named(who.user.roles), entity, what);
}

bool has_power(caller const& who, access::power what) noexcept { return !who.key || who.key->scopes.allows(what); }

access::verdict decide_administering(caller const& who)
{
    if (!has_power(who, access::power::administer)) return {false, "scope:deny"};
    for (auto const* each : who.known->roles_named(who.user.roles))
        if (each->administers) return {true, "role:" + each->name};
    return {false, "default:deny"};
}

}  // namespace mb::usecases
