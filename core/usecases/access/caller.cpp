#include "core/usecases/access/caller.hpp"

#include <algorithm>
#include <string>

namespace mb::usecases {

access::verdict decide(caller const& who, entities::entity_id entity, access::action what)
{
    auto const limit = who.key ? who.key->scopes.over(entity, what) : access::reach::all;
    if (limit == access::reach::none) return {false, "scope:deny"};
    auto verdict = access::decide_action(who.known->roles_named(who.user.roles), entity, what);
    verdict.over = std::min(verdict.over, limit);
    return verdict;
}

access::verdict decide(caller const& who, entities::entity_id entity, access::action what, std::optional<identity::user_id> owner)
{
    auto verdict = decide(who, entity, what);
    if (verdict.allowed && verdict.over == access::reach::own && owner != who.user.id) return {false, "ownership:deny"};
    return verdict;
}

access::verdict decide_power(caller const& who, access::power what)
{
    if (!who.key) return {true, "session:whole"};
    if (!who.key->scopes.allows(what)) return {false, "scope:deny"};
    return {true, "scope:" + std::string(access::name_of(what))};
}

access::verdict decide_grant(caller const& who, access::role const& wanted, access::role const* before)
{
    return access::decide_grant({who.known->roles_named(who.user.roles), who.key ? &who.key->scopes : nullptr}, wanted, before);
}

access::verdict decide_administering(caller const& who)
{
    if (auto const limited = decide_power(who, access::power::administer); !limited.allowed) return limited;
    for (auto const* each : who.known->roles_named(who.user.roles))
        if (each->administers) return {true, "role:" + each->name};
    return {false, "default:deny"};
}

}  // namespace mb::usecases
