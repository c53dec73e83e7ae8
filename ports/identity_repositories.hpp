#pragma once

#include "core/domain/access/role.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/identity/email_token.hpp"
#include "core/domain/identity/lockout.hpp"
#include "core/domain/identity/recovery_code.hpp"
#include "core/domain/identity/totp.hpp"
#include "core/domain/identity/user.hpp"
#include "core/domain/tokens/api_key.hpp"
#include "core/domain/tokens/claims.hpp"
#include "core/domain/tokens/family.hpp"
#include "core/domain/tokens/session.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mb::ports {

// Every method may also report: @error unavailable, nothing was read or written; @error corrupt, a row can't be restored.
// Inside transact(), a find holds the row it returns until the transaction ends (SQLite: the whole database; PostgreSQL: FOR UPDATE).

struct user_filter {
    std::optional<std::string> role;
    std::optional<identity::user_status> status;
    std::optional<bool> verified;
    std::optional<std::string> text;         ///< found in address, user name or display name, ASCII case folded
    std::optional<identity::user_id> after;  ///< keyset: ids above this one
    std::size_t limit = 20;
};

class users {
public:
    virtual ~users() = default;
    virtual outcome<std::optional<identity::user>> find(identity::user_id) = 0;
    virtual outcome<std::optional<identity::user>> find(identity::email const&) = 0;
    virtual outcome<std::optional<identity::user>> find(identity::username const&) = 0;
    /// @error duplicate  the address or the user name is taken.
    virtual outcome<void> insert(identity::user const&) = 0;
    /// Replaces every column of an existing user. @error duplicate  the user name is taken.
    virtual outcome<void> update(identity::user const&) = 0;
    /// In the order of ids; up to `limit + 1` rows, so that the caller sees whether there is more.
    virtual outcome<std::vector<identity::user>> list(user_filter const&) = 0;
    /// Users who hold the role and are active.
    virtual outcome<std::size_t> count_active(std::string_view role) = 0;
};

/// What one access token leads to, in one read.
struct live_access {
    tokens::family family;
    identity::user owner;
    std::int64_t catalogue_revision = 0;  ///< see catalogue_revisions
};

class families {
public:
    virtual ~families() = default;
    virtual outcome<std::optional<tokens::family>> find(tokens::family_id) = 0;
    /// The family whose current or previous access token has this jti. Revoked and expired ones too.
    virtual outcome<std::optional<live_access>> find_access(tokens::token_id access_jti) = 0;
    /// Inserts or replaces. @error conflict  a concurrent writer won; the transaction is dead.
    virtual outcome<void> save(tokens::family const&) = 0;
    /// Families of a user that are neither revoked nor expired AT `now`, newest first, below `before`; up to `limit + 1` rows.
    virtual outcome<std::vector<tokens::family>> list_active(identity::user_id, instant now, std::optional<tokens::family_id> before,
                                                             std::size_t limit) = 0;
    /// Revokes every live family of a user but `except`. @return how many.
    virtual outcome<std::size_t> revoke_all(identity::user_id, std::optional<tokens::family_id> except, tokens::revocation_reason, instant now) = 0;
    /// Removes families that ended (expired or revoked) AT or before `before`, at most `batch`. @return how many.
    virtual outcome<std::size_t> purge(instant before, std::size_t batch) = 0;
};

struct live_session {
    tokens::session session;
    identity::user owner;
};

struct session_sighting {
    tokens::session_id session;
    instant at;
};

/// Classic sessions.
class sessions {
public:
    virtual ~sessions() = default;
    /// The session whose cookie has this digest. Ended ones too.
    virtual outcome<std::optional<live_session>> find_access(identity::digest const&) = 0;
    /// Inserts or replaces. @error duplicate  another session has the digest.
    virtual outcome<void> save(tokens::session const&) = 0;
    /// Ends every session of a user that is neither revoked nor expired AT `now`. @return how many.
    virtual outcome<std::size_t> end_all(identity::user_id, tokens::session_end, instant now) = 0;
    /// Notes when sessions were seen last. An earlier time than the one that is known changes nothing, and neither does a session that is gone.
    virtual outcome<void> note_sightings(std::vector<session_sighting> const&) = 0;
    /// Removes sessions that ended (expired or revoked) AT or before `before`, at most `batch`. @return how many.
    virtual outcome<std::size_t> purge(instant before, std::size_t batch) = 0;
};

class email_tokens {
public:
    virtual ~email_tokens() = default;
    virtual outcome<std::optional<identity::email_token>> find(identity::email_token_id) = 0;
    /// Inserts or replaces.
    virtual outcome<void> save(identity::email_token const&) = 0;
    /// The newest token of that type of a user, used or not.
    virtual outcome<std::optional<identity::email_token>> newest(identity::user_id, identity::email_token_type) = 0;
    /// Wrong secrets that were shown for links of a user whose last attempt came AT `since` or later.
    virtual outcome<std::size_t> failures(identity::user_id, instant since) = 0;
    /// Blocks every link of a user that is neither used nor blocked. @return how many.
    virtual outcome<std::size_t> block_all(identity::user_id, identity::link_block, instant now) = 0;
    virtual outcome<std::size_t> purge(instant before, std::size_t batch) = 0;
};

/// What one API key leads to, in one read.
struct live_api_key {
    tokens::api_key key;
    identity::user owner;
    std::int64_t catalogue_revision = 0;  ///< see catalogue_revisions
};

struct api_key_use {
    tokens::api_key_id key;
    instant at;
};

class api_keys {
public:
    virtual ~api_keys() = default;
    virtual outcome<std::optional<tokens::api_key>> find(tokens::api_key_id) = 0;
    /// The key whose text has this digest. Revoked and expired ones too.
    virtual outcome<std::optional<live_api_key>> find_access(identity::digest const&) = 0;
    /// Inserts or replaces. @error duplicate  another key has the digest.
    virtual outcome<void> save(tokens::api_key const&) = 0;
    /// Keys of a user, ended or not, newest first, below `before`; up to `limit + 1` rows.
    virtual outcome<std::vector<tokens::api_key>> list(identity::user_id, std::optional<tokens::api_key_id> before, std::size_t limit) = 0;
    /// Keys of a user that are neither revoked nor expired AT `now`.
    virtual outcome<std::size_t> count_live(identity::user_id, instant now) = 0;
    /// Notes when keys were used last. An earlier time than the one that is known changes nothing, and neither does a key that is gone.
    virtual outcome<void> note_uses(std::vector<api_key_use> const&) = 0;
};

class lockouts {
public:
    virtual ~lockouts() = default;
    virtual outcome<std::optional<identity::lockout_counter>> find(std::string_view identity, std::string_view device) = 0;
    virtual outcome<void> save(identity::lockout_counter const&) = 0;
    /// Forgets every counter of the identity where `device` is not given, else that one.
    virtual outcome<void> clear(std::string_view identity, std::optional<std::string_view> device) = 0;
    virtual outcome<std::size_t> purge(instant before, std::size_t batch) = 0;
};

/// What an account shows beside its password. Keys are sealed at rest by the adapter. That logging in takes a second step says user::second_factor:
/// a key that its owner has not confirmed yet is here too.
class second_factors {
public:
    virtual ~second_factors() = default;
    virtual outcome<std::optional<identity::totp_factor>> find(identity::user_id) = 0;
    /// Sets or replaces the key and the last step of an existing user.
    virtual outcome<void> save(identity::totp_factor const&) = 0;
    /// Forgets the key, the last step and every recovery code.
    virtual outcome<void> remove(identity::user_id) = 0;
    /// Used or not, in the order of ids.
    virtual outcome<std::vector<identity::recovery_code>> recovery_codes(identity::user_id) = 0;
    /// Removes every code of the user and writes these.
    virtual outcome<void> replace_recovery_codes(identity::user_id, std::vector<identity::recovery_code> const&) = 0;
    virtual outcome<void> spend_recovery_code(identity::recovery_code_id, instant now) = 0;
};

/// Roles and signing keys. Their material is sealed at rest by the adapter.
class signing_keys {
public:
    virtual ~signing_keys() = default;
    virtual outcome<std::vector<tokens::signing_key>> list() = 0;
    /// Inserts or replaces.
    virtual outcome<void> save(tokens::signing_key const&) = 0;
    virtual outcome<std::size_t> purge(instant before, std::size_t batch) = 0;
};

class roles {
public:
    virtual ~roles() = default;
    /// In the order of names.
    virtual outcome<std::vector<access::role>> list() = 0;
    virtual outcome<std::optional<access::role>> find(std::string_view name) = 0;
    /// @error duplicate  there is a role of that name.
    virtual outcome<void> insert(access::role const&) = 0;
    /// Inserts or replaces.
    virtual outcome<void> save(access::role const&) = 0;
    /// Removes the role where there is one. Nobody may hold it any more.
    virtual outcome<void> remove(std::string_view name) = 0;
};

/// One number that grows with each change of roles, signing keys, entities or fields, so that caches know when they are stale.
class catalogue_revisions {
public:
    virtual ~catalogue_revisions() = default;
    virtual outcome<std::int64_t> current() = 0;
    virtual outcome<void> advance() = 0;
    /// Counts one more restore of a backup, in the same unit of work that ends its sessions. @return how many there were
    virtual outcome<std::int64_t> count_restore() = 0;
};

}  // namespace mb::ports
