#pragma once

#include "core/domain/base/outcome.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/base/violation.hpp"
#include "core/domain/identity/password.hpp"
#include "core/domain/identity/user.hpp"
#include "core/domain/tokens/family.hpp"
#include "ports/cryptography.hpp"
#include "ports/store.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mb::usecases {

/// What is wrong with a new password of this owner. Takes milliseconds: not inside a transaction.
violations judge_new_password(secret const& password, identity::user const& owner, ports::password_judge const& judge,
                              identity::password_policy const& policy, std::string_view pointer);

/// Sets a password, and ends what the old one may have opened: every session but `except`, every mailed link. Saves nothing of the user.
/// @return how many sessions ended.
outcome<std::size_t> replace_password(ports::transaction& tx, identity::user& owner, std::string hash, std::optional<tokens::family_id> except,
                                      instant now);

}  // namespace mb::usecases
