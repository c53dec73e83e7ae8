#pragma once

#include "core/domain/base/answer.hpp"
#include "core/domain/base/function_ref.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/access/catalogue_cache.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/store.hpp"

#include <memory>
#include <string_view>

namespace mb::usecases {

/// Finds out who presents an access token, in one read of the store. A logout, a disabled account and a changed role are felt at once:
/// the token only says which row to look at.
/// Denials: invalid_token, expired_token.
class authenticate final {
public:
    authenticate(ports::store& store, catalogue_cache const& catalogues, ports::clock const& clock, ports::token_codec const& codec,
                 tokens::token_policy const& policy)
        : store_(store),
          catalogues_(catalogues),
          clock_(clock),
          codec_(codec),
          policy_(policy)
    {
    }

    /// What else to read once the caller is known.
    using reading = function_ref<outcome<void>(ports::transaction&, caller const&)>;

    outcome<answer<caller>> operator()(std::string_view access_token) const
    {
        return (*this)(access_token, [](ports::transaction&, caller const&) -> outcome<void> { return {}; });
    }
    /// Runs `also` on the snapshot that the access was judged on, which has the catalogue that the caller knows. Not run where access is
    /// refused, nor where the catalogue had to be loaded anew.
    outcome<answer<caller>> operator()(std::string_view access_token, reading also) const;

private:
    outcome<answer<tokens::access_claims>> read(std::string_view token, std::shared_ptr<catalogue const>& known, instant now) const;

    ports::store& store_;
    catalogue_cache const& catalogues_;
    ports::clock const& clock_;
    ports::token_codec const& codec_;
    tokens::token_policy policy_;
};

}  // namespace mb::usecases
