#include "core/usecases/identity/account.hpp"

#include "core/domain/base/text.hpp"

#include <algorithm>
#include <utility>

namespace mb::usecases {
namespace {

std::string pseudonym_of(std::string const& counted, ports::digester const& digests)
{
    auto const pseudonym = digests.mac("lockout", counted);
    return base64url({reinterpret_cast<char const*>(pseudonym.data()), pseudonym.size()});
}

}  // namespace

std::string lockout_identity(identity::user const* known, std::string_view canonical_identifier, ports::digester const& digests)
{
    // prefixed: nobody reaches an account's count by typing its id
    return pseudonym_of(known != nullptr ? "user:" + known->id.text() : "name:" + std::string(canonical_identifier), digests);
}

std::string factor_lockout_identity(identity::user_id whose, ports::digester const& digests)
{
    return pseudonym_of("factor:" + whose.text(), digests);
}

std::string address_lockout_identity(identity::ip_hash const& address, ports::digester const& digests)
{
    return pseudonym_of("address:" + address.text, digests);
}

outcome<account> account_of(identity::user user, ports::transaction& tx, ports::digester const& digests, instant now)
{
    account shown{std::move(user), std::nullopt};
    for (auto const& counted : {lockout_identity(&shown.user, "", digests), factor_lockout_identity(shown.user.id, digests)}) {
        MB_TRY(auto const counter, tx.lockouts().find(counted, ""));
        if (!counter) continue;
        auto const barred = identity::wants_new_password(*counter, {}, now);
        auto const end = barred ? std::optional(counter->expires_at) : counter->locked_until;
        if (!end || now >= *end) continue;
        shown.locked_until = std::max(shown.locked_until.value_or(*end), *end);
    }
    return shown;
}

}  // namespace mb::usecases
