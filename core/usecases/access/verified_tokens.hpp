#pragma once

#include "core/domain/base/secret.hpp"
#include "core/domain/tokens/claims.hpp"
#include "core/usecases/access/catalogue.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>

namespace mb::usecases {

/// Access tokens whose signature was found good under the keys of one catalogue, so that a client's next request needn't have it computed
/// again. Says nothing about expiry, logout or rights, which change. Only whole tokens match, compared in constant time. For one thread.
class verified_tokens final {
public:
    static constexpr std::size_t places = 4096;  ///< half a KiB each once taken

    /// The claims of a token that was kept under this very catalogue, else null. The pointer ends with the next keep().
    tokens::access_claims const* find(std::string_view token, std::shared_ptr<catalogue const> const& under) const noexcept;
    /// Keeps a token that was read under `under`; it may take the place of another. A new catalogue forgets all that were kept before.
    void keep(std::string_view token, std::shared_ptr<catalogue const> const& under, tokens::access_claims claims);

private:
    struct kept {
        secret token;
        tokens::access_claims claims;
    };
    std::shared_ptr<catalogue const> under_;  ///< held, so that no other catalogue ever has its address
    std::array<std::unique_ptr<kept>, places> kept_;  ///< a token is in its place or in the one beside it
};

}  // namespace mb::usecases
