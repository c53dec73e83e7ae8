#pragma once

#include "core/domain/base/answer.hpp"
#include "core/domain/base/function_ref.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/access_cache.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/access/catalogue_cache.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/store.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mb::usecases {

/// Finds out who presents an access token, in one read of the store, or in none where a cache has it. A logout, a disabled account and a changed
/// role are felt at once: the token only says which row to look at.
/// Denials: invalid_token, expired_token.
class authenticate final {
public:
    /// @param cache  asked before the store; null: the store is asked each time
    authenticate(ports::store& store, catalogue_cache const& catalogues, ports::clock const& clock, ports::token_codec const& codec,
                 tokens::token_policy const& policy, access_cache const* cache = nullptr)
        : store_(store),
          catalogues_(catalogues),
          clock_(clock),
          codec_(codec),
          policy_(policy),
          cache_(cache)
    {
    }

    /// What else to read once the caller is known.
    using reading = function_ref<outcome<void>(ports::transaction&, caller const&)>;

    outcome<answer<caller>> operator()(std::string_view access_token) const;
    /// Runs `also`, perhaps twice, on the snapshot that the access was judged on, or on a later one where a cache judged it; it has the
    /// catalogue that the caller knows, or one that was changed while the request ran. Not run where access is refused, nor where the store
    /// judged and the catalogue had to be loaded anew.
    outcome<answer<caller>> operator()(std::string_view access_token, reading also) const;

private:
    outcome<answer<tokens::access_claims>> read(std::string_view token, std::shared_ptr<catalogue const>& known, instant now) const;
    outcome<answer<caller>> ask_store(tokens::access_claims const& claims, std::shared_ptr<catalogue const> known, instant now, reading also) const;
    outcome<answer<caller>> ask_cache(tokens::access_claims const& claims, std::shared_ptr<catalogue const> known, instant now) const;
    outcome<answer<caller>> brought_up(caller who, std::int64_t revision, std::string const& kid, instant now) const;

    ports::store& store_;
    catalogue_cache const& catalogues_;
    ports::clock const& clock_;
    ports::token_codec const& codec_;
    tokens::token_policy policy_;
    access_cache const* cache_;
};

}  // namespace mb::usecases
