#pragma once

#include "core/domain/tokens/claims.hpp"

#include <optional>
#include <string>

namespace mb::usecases {

/// A signing key without its material.
struct key_summary {
    std::string kid;
    tokens::key_state state = tokens::key_state::standby;
    instant created_at{};
    std::optional<instant> activated_at;
    std::optional<instant> retired_at;
    std::optional<instant> expires_at;
};

inline key_summary summary_of(tokens::signing_key const& key)
{
    return {key.kid, key.state, key.created_at, key.activated_at, key.retired_at, key.expires_at};
}

}  // namespace mb::usecases
