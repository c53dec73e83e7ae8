#pragma once

#include "core/domain/base/outcome.hpp"
#include "core/domain/identity/user.hpp"
#include "ports/store.hpp"

namespace mb::usecases {

bool is_active_admin(identity::user const& who);
/// Whether an active admin is left when one of them goes, whoever else is going at the same time.
outcome<bool> others_administer(ports::transaction& tx);

}  // namespace mb::usecases
