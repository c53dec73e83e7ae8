#pragma once

#include "core/domain/base/answer.hpp"
#include "core/domain/base/function_ref.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/access/catalogue_cache.hpp"
#include "core/usecases/access/recent_uses.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/store.hpp"

#include <string_view>

namespace mb::usecases {

/// Finds out who presents an API key, in one read of the store. A revoked key, a disabled owner and a changed role are felt at once.
/// Denials: invalid_token, expired_token.
class authenticate_key final {
public:
    authenticate_key(ports::store& store, catalogue_cache const& catalogues, ports::clock const& clock, ports::digester const& digests,
                     recent_uses& uses)
        : store_(store),
          catalogues_(catalogues),
          clock_(clock),
          digests_(digests),
          uses_(uses)
    {
    }

    /// What else to read once the caller is known.
    using reading = function_ref<outcome<void>(ports::transaction&, caller const&)>;

    outcome<answer<caller>> operator()(std::string_view key) const
    {
        return (*this)(key, [](ports::transaction&, caller const&) -> outcome<void> { return {}; });
    }
    /// Runs `also` on the snapshot that the access was judged on, which has the catalogue that the caller knows. Not run where access is
    /// refused, nor where the catalogue had to be loaded anew.
    outcome<answer<caller>> operator()(std::string_view key, reading also) const;

private:
    ports::store& store_;
    catalogue_cache const& catalogues_;
    ports::clock const& clock_;
    ports::digester const& digests_;
    recent_uses& uses_;
};

}  // namespace mb::usecases
