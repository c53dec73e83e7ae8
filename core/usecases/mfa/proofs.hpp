#pragma once

#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/identity/user.hpp"
#include "core/domain/tokens/proof.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/access/catalogue_cache.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"

#include <chrono>
#include <optional>
#include <string_view>
#include <variant>

namespace mb::usecases {

/// The first step was right, and the account has a second factor: what to come back with.
struct second_step {
    secret token;  ///< the mfa_session_token
    std::chrono::seconds expires_in{};
};

/// What a way in leads to: inside, or to the second step.
template <class Inside>
struct entrance {
    std::variant<Inside, second_step> leads_to;

    Inside const* inside() const noexcept { return std::get_if<0>(&leads_to); }
    Inside* inside() noexcept { return std::get_if<0>(&leads_to); }
    second_step const* waits() const noexcept { return std::get_if<1>(&leads_to); }
};

struct step_up_token {
    secret text;
    std::chrono::seconds expires_in{};
};

/// Makes and reads the tokens that live between two steps. Nothing of them is stored: what they say is signed, and what must still hold
/// when they come back is looked at then.
class proofs final {
public:
    proofs(catalogue_cache const& catalogues, ports::clock const& clock, ports::randomness const& random, ports::digester const& digests,
           ports::token_codec const& codec, tokens::proof_policy const& policy)
        : catalogues_(catalogues),
          clock_(clock),
          random_(random),
          digests_(digests),
          codec_(codec),
          policy_(policy)
    {
    }

    /// For who has done the first step. @error as able_to_sign
    outcome<second_step> begin(identity::user const& who, tokens::shown_by how, tokens::door leads_to) const;
    /// Denials: invalid_token, expired_token.
    outcome<answer<tokens::proof_claims>> read_begun(std::string_view token) const;
    /// Whether what was begun still leads to the account as it is now: with another password it doesn't.
    bool holds(tokens::proof_claims const& begun, identity::user const& who) const;

    /// @error as able_to_sign
    outcome<step_up_token> step_up(identity::user_id who, tokens::family_id session, tokens::shown_by how) const;
    /// Nothing where the token is none, has expired, or is of another account or session.
    outcome<std::optional<tokens::proof_claims>> read_step_up(std::string_view token, caller const& who) const;

    /// Whether the caller has just shown who they are (decide_freshness).
    /// Denial: step_up_required.
    std::optional<denial> refuse_unless_fresh(caller const& who, identity::user const& as_stored) const;

private:
    outcome<std::variant<tokens::proof_claims, ports::token_fault>> read(std::string_view token, tokens::proof_kind wanted) const;
    std::string bound_to(identity::user const& who) const;

    catalogue_cache const& catalogues_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::digester const& digests_;
    ports::token_codec const& codec_;
    tokens::proof_policy policy_;
};

}  // namespace mb::usecases
