#pragma once

#include "adapters/memory/database/table.hpp"
#include "core/domain/access/role.hpp"
#include "core/domain/anomaly/finding.hpp"
#include "core/domain/audit/event.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/entities/record.hpp"
#include "core/domain/identity/email_token.hpp"
#include "core/domain/identity/lockout.hpp"
#include "core/domain/identity/recovery_code.hpp"
#include "core/domain/identity/totp.hpp"
#include "core/domain/notify/message.hpp"
#include "core/domain/tokens/api_key.hpp"
#include "core/domain/tokens/claims.hpp"
#include "core/domain/tokens/session.hpp"
#include "ports/audit_repositories.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace mb::memory {

struct present {};  ///< the row of an index that only says that its key is there

struct outbox_row {
    std::shared_ptr<notify::message const> mail;
    instant due_at{};
    int attempts = 0;
    std::optional<instant> sent_at;
    std::optional<instant> failed_at;
    std::optional<std::string> last_error;
};

/// The table behind one entity.
struct record_table {
    /// Numbers of the fields, in the order of the cells of `rows`. A row may be shorter: cells that it lacks are null, so that adding a column
    /// touches no row.
    std::vector<std::int64_t> columns;
    table<entities::record_id, entities::record> rows;
    /// Unique indexes by field number; nulls are not in them.
    std::map<std::int64_t, table<entities::cell, entities::record_id>> unique;
};

/// Everything that is stored. Copying it is cheap: see table.
struct tables {
    table<identity::user_id, identity::user> users;
    table<identity::email, identity::user_id> users_by_address;
    table<identity::username, identity::user_id> users_by_name;
    table<tokens::family_id, tokens::family> families;
    table<tokens::token_id, tokens::family_id> families_by_access;  ///< by current and by previous jti
    table<std::pair<identity::user_id, tokens::family_id>, present> families_by_owner;
    table<tokens::session_id, tokens::session> sessions;
    table<identity::digest, tokens::session_id> sessions_by_digest;
    table<std::pair<identity::user_id, tokens::session_id>, present> sessions_by_owner;
    table<identity::email_token_id, identity::email_token> email_tokens;
    table<std::tuple<identity::user_id, identity::email_token_type, instant, identity::email_token_id>, present> email_tokens_by_owner;
    table<tokens::api_key_id, tokens::api_key> api_keys;
    table<identity::digest, tokens::api_key_id> api_keys_by_digest;
    table<std::pair<identity::user_id, tokens::api_key_id>, present> api_keys_by_owner;
    table<std::pair<std::string, std::string>, identity::lockout_counter> lockouts;  ///< by identity and device
    table<identity::user_id, identity::totp_factor> factors;
    table<std::pair<identity::user_id, identity::recovery_code_id>, identity::recovery_code> recovery_codes;
    table<identity::recovery_code_id, identity::user_id> recovery_codes_owner;
    table<std::string, tokens::signing_key> signing_keys;
    table<std::string, access::role> roles;
    std::int64_t catalogue_revision = 0;
    std::int64_t restores = 0;
    table<std::pair<instant, audit::log_id>, audit::event> audit_log;
    table<std::int64_t, std::shared_ptr<audit::seal const>> audit_seals;
    instant events_anonymised{};  ///< up to here
    table<std::pair<instant, audit::log_id>, ports::login_attempt> login_attempts;
    instant attempts_anonymised{};
    table<std::pair<instant, audit::log_id>, anomaly::finding> anomalies;  ///< by creation
    table<audit::log_id, instant> anomalies_creation;
    table<std::pair<instant, notify::message_id>, outbox_row> outbox;  ///< by creation
    table<notify::message_id, instant> outbox_creation;
    table<entities::entity_id, entities::entity_definition> entities;
    table<std::string, entities::entity_id> entities_by_name;
    std::int64_t last_number = 0;
    table<std::int64_t, record_table> records;  ///< by the entity's number
};

/// What one unit of work sees, and whether it may change it.
class workspace {
public:
    /// A reader's snapshot.
    explicit workspace(tables const& seen) noexcept : seen_(seen) {}
    /// A writer's own copy.
    explicit workspace(tables& own) noexcept : seen_(own), own_(&own) {}

    tables const& rows() const noexcept { return seen_; }
    /// @error unexpected  this is a read().
    outcome<tables*> change(char const* where) const
    {
        if (own_ == nullptr) return error{errc::unexpected, where, "writing through read()"};
        return own_;
    }

private:
    tables const& seen_;
    tables* own_ = nullptr;
};

/// Keys of the first `batch` rows that `ended` holds for.
template <class Key, class Row, class Ended>
std::vector<Key> keys_where(table<Key, Row> const& rows, std::size_t batch, Ended ended)
{
    std::vector<Key> found;
    if (batch == 0) return found;
    rows.ascending([&](Key const& key, Row const& row) {
        if (ended(row)) found.push_back(key);
        return found.size() < batch;
    });
    return found;
}

}  // namespace mb::memory
