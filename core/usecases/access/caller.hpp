#pragma once

#include "core/domain/access/role_change.hpp"
#include "core/domain/access/scope.hpp"
#include "core/domain/identity/user.hpp"
#include "core/domain/tokens/api_key.hpp"
#include "core/domain/tokens/family.hpp"
#include "core/domain/tokens/proof.hpp"
#include "core/usecases/access/catalogue.hpp"

#include <memory>
#include <optional>

namespace mb::usecases {

/// The API key that a caller came with.
struct held_key {
    tokens::api_key_id id;
    access::scope_set scopes;
    std::optional<instant> expires_at;
};

/// Who asks, as what they presented showed it, and the catalogue of that moment.
struct caller {
    identity::user user;
    std::optional<tokens::family_id> session;
    std::shared_ptr<catalogue const> known;       ///< never null
    std::optional<held_key> key{};                ///< where they came with one: its scopes limit what their roles allow
    std::optional<instant> entered_at{};          ///< when the session began
    std::optional<tokens::proof_claims> proof{};  ///< a step-up token that goes with this session (step_up.hpp)
};

/// Whether the caller may do this to records of the entity, to which of them, and which rule says so.
access::verdict decide(caller const& who, entities::entity_id entity, access::action what);
/// The same for one record, of which `owner` is who created it.
access::verdict decide(caller const& who, entities::entity_id entity, access::action what, std::optional<identity::user_id> owner);
/// Whether the key, where the caller came with one, has this power; the caller's roles are not asked.
access::verdict decide_power(caller const& who, access::power what);
/// Whether the caller holds all that the role would add to what `before` gives (access::decide_grant).
access::verdict decide_grant(caller const& who, access::role const& wanted, access::role const* before);
/// Whether a role of the caller defines entities and manages users, keys and roles.
access::verdict decide_administering(caller const& who);

}  // namespace mb::usecases
