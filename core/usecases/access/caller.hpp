#pragma once

#include "core/domain/access/role.hpp"
#include "core/domain/identity/user.hpp"
#include "core/domain/tokens/family.hpp"
#include "core/usecases/access/catalogue.hpp"

#include <memory>
#include <optional>

namespace mb::usecases {

/// Who asks, as one access token showed it, and the catalogue of that moment.
struct caller {
    identity::user user;
    std::optional<tokens::family_id> session;
    std::shared_ptr<catalogue const> known;  ///< never null
};

/// Whether the caller may do this to the records of the entity, and which rule says so.
access::verdict decide(caller const& who, entities::entity_id entity, access::action what);
/// Whether a role of the caller defines entities and manages users, keys and roles.
access::verdict decide_administering(caller const& who);

}  // namespace mb::usecases
