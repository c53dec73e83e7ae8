#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/catalogue_cache.hpp"
#include "core/usecases/mfa/factor_check.hpp"
#include "core/usecases/mfa/proofs.hpp"
#include "core/usecases/tokens/open_session.hpp"
#include "core/usecases/tokens/token_pair.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <string_view>
#include <variant>

namespace mb::usecases {

/// What the first step was asked for.
using inside = std::variant<token_pair, opened_session>;

/// The second step of a login (seed 004 phase 5.6): opens what the first one was for.
/// Denials: invalid_token, expired_token, for what the first step gave, and where the account's password or factor has changed since;
/// account_disabled, email_not_verified; account_locked (with retry_after), for failures at either step; invalid_code.
class verify_factor final {
public:
    verify_factor(ports::store& store, catalogue_cache const& catalogues, proofs const& begun, factor_check const& check, ports::clock const& clock,
                  ports::randomness const& random, ports::digester const& digests, ports::token_codec const& codec,
                  tokens::token_policy const& tokens_rules, tokens::session_policy const& sessions)
        : store_(store),
          catalogues_(catalogues),
          proofs_(begun),
          check_(check),
          clock_(clock),
          random_(random),
          digests_(digests),
          codec_(codec),
          tokens_(tokens_rules),
          sessions_(sessions)
    {
    }

    outcome<answer<inside>> operator()(std::string_view mfa_session_token, shown_factor const& shown, audit::origin const& from) const;

private:
    ports::store& store_;
    catalogue_cache const& catalogues_;
    proofs const& proofs_;
    factor_check const& check_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::digester const& digests_;
    ports::token_codec const& codec_;
    tokens::token_policy tokens_;
    tokens::session_policy sessions_;
};

}  // namespace mb::usecases
