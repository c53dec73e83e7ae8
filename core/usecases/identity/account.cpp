#include "core/usecases/identity/account.hpp"

#include "core/domain/base/text.hpp"

#include <utility>

namespace mb::usecases {

std::string lockout_identity(identity::user const* known, std::string_view canonical_identifier, ports::digester const& digests)
{
    // prefixed: nobody reaches an account's count by typing its id
    auto const counted = known != nullptr ? "user:" + known->id.text() : "name:" + std::string(canonical_identifier);
    auto const pseudonym = digests.mac("lockout", counted);
    return base64url({reinterpret_cast<char const*>(pseudonym.data()), pseudonym.size()});
}

outcome<account> account_of(identity::user user, ports::transaction& tx, ports::digester const& digests, instant now)
{
    MB_TRY(auto const counter, tx.lockouts().find(lockout_identity(&user, "", digests), ""));
    account shown{std::move(user), std::nullopt};
    if (counter && counter->locked_until && now < *counter->locked_until) shown.locked_until = counter->locked_until;
    return shown;
}

}  // namespace mb::usecases
