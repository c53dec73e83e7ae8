#pragma once

#include "core/domain/base/outcome.hpp"
#include "core/domain/identity/user.hpp"
#include "ports/cryptography.hpp"
#include "ports/store.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace mb::usecases {

/// A user as an administrator sees one.
struct account {
    identity::user user;
    std::optional<instant> locked_until;  ///< given while it is locked
};

/// What failed logins are counted under: the user's id where there is one, so that address and user name share a count, else the canonical
/// identifier. Keyed, so that the table tells nobody who was tried.
std::string lockout_identity(identity::user const* known, std::string_view canonical_identifier, ports::digester const& digests);

/// What failed second factors of an account are counted under, apart from its passwords.
std::string factor_lockout_identity(identity::user_id whose, ports::digester const& digests);

/// What wrong passwords that came from an address are counted under, whoever they were for.
std::string address_lockout_identity(identity::ip_hash const& address, ports::digester const& digests);

/// Whether logins of the user are refused AT `now`, and until when.
outcome<account> account_of(identity::user user, ports::transaction& tx, ports::digester const& digests, instant now);

}  // namespace mb::usecases
