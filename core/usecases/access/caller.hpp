#pragma once

#include "core/domain/access/role.hpp"
#include "core/domain/access/scope.hpp"
#include "core/domain/identity/user.hpp"
#include "core/domain/tokens/api_key.hpp"
#include "core/domain/tokens/family.hpp"
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
    std::shared_ptr<catalogue const> known;  ///< never null
    std::optional<held_key> key{};           ///< where they came with one: its scopes limit what their roles allow
};

/// Whether the caller may do this to the records of the entity, and which rule says so.
access::verdict decide(caller const& who, entities::entity_id entity, access::action what);
/// Whether the key, where the caller came with one, has this power; the caller's roles are not asked.
bool has_power(caller const& who, access::power what) noexcept;
/// Whether a role of the caller defines entities and manages users, keys and roles.
access::verdict decide_administering(caller const& who);

}  // namespace mb::usecases
