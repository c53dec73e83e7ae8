#include "core/domain/tokens/claims.hpp"

namespace mb::tokens {

std::string_view name_of(key_state state) noexcept
{
    switch (state) {
        case key_state::standby: return "standby";
        case key_state::active: return "active";
        case key_state::retired: return "retired";
    }
    return "standby";
}

std::optional<key_state> key_state_named(std::string_view name) noexcept
{
    for (auto const state : {key_state::standby, key_state::active, key_state::retired})
        if (name == name_of(state)) return state;
    return std::nullopt;
}

signing_key const* key_ring::find(std::string_view kid, instant now) const noexcept
{
    for (auto const& key : keys_)
        if (key.kid == kid && key.state != key_state::standby && (!key.expires_at || now < *key.expires_at)) return &key;
    return nullptr;
}

signing_key const* key_ring::active() const noexcept
{
    for (auto const& key : keys_)
        if (key.state == key_state::active) return &key;
    return nullptr;
}

}  // namespace mb::tokens
