#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/tokens/api_key.hpp"
#include "core/usecases/access/caller.hpp"
#include "ports/clock.hpp"
#include "ports/cryptography.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace mb::usecases {

constexpr std::size_t api_key_name_characters_max = 100;

struct new_api_key {
    std::string name;
    std::vector<std::string> scopes;
    std::optional<std::string> expires_at;  ///< RFC 3339
};

struct made_api_key {
    tokens::api_key key;
    secret text;  ///< shown once, and kept by nobody
};

/// Makes a key for the caller. It may do at most what its scopes say and what its owner's roles allow when it is used. Where the caller came
/// with a key, the new one has no scope and no day that the old one hasn't.
/// Violations: /name /scopes /scopes/<i> /expires_at. Denials: limit_reached.
class make_api_key final {
public:
    make_api_key(ports::store& store, ports::clock const& clock, ports::randomness const& random, ports::digester const& digests,
                 tokens::api_key_policy const& policy)
        : store_(store),
          clock_(clock),
          random_(random),
          digests_(digests),
          policy_(policy)
    {
    }

    outcome<answer<made_api_key>> operator()(new_api_key const& asked, caller const& who, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
    ports::digester const& digests_;
    tokens::api_key_policy policy_;
};

}  // namespace mb::usecases
