#include "core/usecases/access/verified_tokens.hpp"

#include <functional>
#include <utility>

namespace mb::usecases {
namespace {

/// By the end of the signature, which nobody chooses.
std::size_t place_of(std::string_view token) noexcept
{
    constexpr std::size_t tail = 16;
    if (token.size() > tail) token.remove_prefix(token.size() - tail);
    return std::hash<std::string_view>{}(token) % verified_tokens::places;
}

}  // namespace

tokens::access_claims const* verified_tokens::find(std::string_view token, std::shared_ptr<catalogue const> const& under) const noexcept
{
    if (under_.get() != under.get()) return nullptr;
    auto const place = place_of(token);
    for (auto const* there : {kept_[place].get(), kept_[place ^ 1].get()})
        if (there != nullptr && same_bytes(there->token.reveal(), token)) return &there->claims;
    return nullptr;
}

void verified_tokens::keep(std::string_view token, std::shared_ptr<catalogue const> const& under, tokens::access_claims claims)
{
    if (under_.get() != under.get()) {
        kept_ = {};
        under_ = under;
    }
    auto const place = place_of(token);
    auto& there = kept_[place] != nullptr && kept_[place ^ 1] == nullptr ? kept_[place ^ 1] : kept_[place];
    there = std::make_unique<kept>(kept{secret{token}, std::move(claims)});
}

}  // namespace mb::usecases
