#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/identity/link_policy.hpp"
#include "core/usecases/access/catalogue_cache.hpp"
#include "core/usecases/mfa/proofs.hpp"
#include "core/usecases/tokens/token_pair.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <string_view>

namespace mb::usecases {

/// Spends a magic link for a session (seed 004 phase 5.7). It came by mail, so it proves the address: an account that nobody had verified loses
/// what whoever made it may know or hold, its password and its sessions (decisions.md #20).
/// Where the account has a second factor it leads to the second step (verify_factor).
/// Denials: link_invalid, whatever is wrong with it; too_many_requests (with retry_after) right after a wrong secret; account_locked (with
/// retry_after): a lock holds on every way to a token, and leaves the link as it was.
class log_in_by_link final {
public:
    log_in_by_link(ports::store& store, proofs const& steps, catalogue_cache const& catalogues, ports::clock const& clock,
                   ports::randomness const& random, ports::digester const& digests, ports::token_codec const& codec,
                   identity::link_policy const& links, tokens::token_policy const& policy)
        : store_(store),
          proofs_(steps),
          catalogues_(catalogues),
          clock_(clock),
          random_(random),
          digests_(digests),
          codec_(codec),
          links_(links),
          policy_(policy)
    {
    }

    /// @param device  the cookie of a browser that logged in before; "" where it sent none. It has a lock of its own.
    outcome<answer<entrance<token_pair>>> operator()(std::string_view token, std::string_view device, audit::origin const& from) const;

private:
    ports::store& store_;
    proofs const& proofs_;
    catalogue_cache const& catalogues_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::digester const& digests_;
    ports::token_codec const& codec_;
    identity::link_policy links_;
    tokens::token_policy policy_;
};

}  // namespace mb::usecases
