#pragma once

#include "core/domain/access/role.hpp"
#include "core/domain/entities/compiled_entity.hpp"
#include "core/domain/tokens/claims.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mb::usecases {

/// What changes seldom and every request needs, as it was at one revision. Immutable; shared by the requests that it serves.
struct catalogue {
    std::int64_t revision = 0;
    tokens::key_ring keys{{}};
    std::vector<access::role> roles;
    std::vector<std::shared_ptr<entities::compiled_entity const>> entities;  ///< in the order of ids

    /// Null where there is none.
    std::shared_ptr<entities::compiled_entity const> find_entity(std::string_view id_or_name) const;
    /// The roles with these names; unknown names give nothing. The pointers end with the catalogue.
    std::vector<access::role const*> roles_named(std::vector<std::string> const& names) const;
};

}  // namespace mb::usecases
