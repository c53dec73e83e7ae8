#pragma once

#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/catalogue_cache.hpp"
#include "ports/cryptography.hpp"

#include <memory>
#include <string_view>
#include <variant>

namespace mb::usecases {

/// Reads a refresh token with the keys that are known, and once more with fresh ones where it names a key that isn't among them.
outcome<std::variant<tokens::refresh_claims, ports::token_fault>> read_refresh(std::string_view token, catalogue_cache const& catalogues,
                                                                               ports::token_codec const& codec, instant now);

/// A catalogue whose ring has an active key. @error unexpected  the store has none: it was not prepared.
outcome<std::shared_ptr<catalogue const>> able_to_sign(catalogue_cache const& catalogues);

}  // namespace mb::usecases
