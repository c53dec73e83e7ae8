#pragma once

#include "core/domain/audit/position.hpp"
#include "core/domain/audit/seal.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/domain/notify/message.hpp"
#include "core/domain/tokens/family.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mb::ports {

/// What a page of events is to show; newest first.
struct event_filter {
    std::optional<audit::event_type> type;
    std::optional<audit::severity> level;
    std::optional<identity::user_id> user;  ///< whom it is about, or who did it
    std::optional<identity::ip_hash> ip;
    std::optional<audit::correlation_id> correlation;
    std::optional<instant> from;            ///< at or after
    std::optional<instant> until;           ///< before
    std::optional<audit::position> before;  ///< keyset: places below this one
    std::size_t limit = 20;
    /// Rows to look at, of which some fit: the log has one index, so that a request that writes a row pays for no other.
    std::size_t examined_max = 20'000;
};

struct event_page {
    std::vector<audit::event> events;       ///< at most `limit`
    std::optional<audit::position> next{};  ///< where to go on, also after a page that isn't full; none at the end
};

/// audit_logs. Only ever added to.
class audit_log {
public:
    virtual ~audit_log() = default;
    virtual outcome<void> append(audit::event const&) = 0;
    /// Newest first; for the admin tool and for tests.
    virtual outcome<std::vector<audit::event>> newest(std::size_t limit) = 0;
    virtual outcome<event_page> page(event_filter const&) = 0;
    /// Rows above the one place and up to the other, oldest first.
    virtual outcome<std::vector<audit::event>> after(audit::position above, audit::position through, std::size_t limit) = 0;
    /// How many those are.
    virtual outcome<std::size_t> count(audit::position above, audit::position through) = 0;
};

/// Seals of the audit log. Only ever added to, but for their salts.
class audit_seals {
public:
    virtual ~audit_seals() = default;
    virtual outcome<std::optional<audit::seal>> newest() = 0;
    /// @error duplicate  there is a seal of that number.
    virtual outcome<void> append(audit::seal const&) = 0;
    /// Seals above the number, in their order.
    virtual outcome<std::vector<audit::seal>> after(std::int64_t number, std::size_t limit) = 0;
    /// Seals that end above the place, in their order.
    virtual outcome<std::vector<audit::seal>> reaching(audit::position above) = 0;
    /// Forgets the salts of seals that end AT or before `until`.
    virtual outcome<void> forget(instant until) = 0;
};

/// One row of login_attempts (seed 002 section 3).
struct login_attempt {
    audit::log_id id;
    std::optional<identity::user_id> user;
    std::string identity_pseudonym;  ///< keyed; never the address
    std::optional<identity::ip_hash> ip;
    std::optional<tokens::family_id> session;
    bool successful = false;
    std::string failure_reason;  ///< a problem's code; "" where it succeeded
    std::string user_agent;
    instant at{};
    std::optional<std::string> country{};  ///< ISO 3166-1 alpha-2, of the address before it was hashed; none where nobody could tell
    std::optional<int> risk_score{};       ///< risk.hpp; none where who asked was inside already
    bool suspicious = false;
};

/// What a page of attempts is to show; newest first. As event_filter.
struct attempt_filter {
    std::optional<identity::user_id> user;
    std::optional<identity::ip_hash> ip;
    std::optional<bool> successful;
    std::optional<instant> from;
    std::optional<instant> until;
    std::optional<audit::position> before;
    std::size_t limit = 20;
    std::size_t examined_max = 20'000;
};

struct attempt_page {
    std::vector<login_attempt> attempts;
    std::optional<audit::position> next{};
};

class login_attempts {
public:
    virtual ~login_attempts() = default;
    virtual outcome<void> append(login_attempt const&) = 0;
    virtual outcome<std::vector<login_attempt>> newest(std::size_t limit) = 0;
    virtual outcome<attempt_page> page(attempt_filter const&) = 0;
    /// As audit_log::after and count, in the order of time and then of ids.
    virtual outcome<std::vector<login_attempt>> after(audit::position above, audit::position through, std::size_t limit) = 0;
    virtual outcome<std::size_t> count(audit::position above, audit::position through) = 0;
};

struct outbox_entry {
    notify::message message;
    int attempts = 0;
    std::optional<instant> sent_at;
    std::optional<instant> failed_at;
    std::optional<std::string> last_error;
};

struct outbox_backlog {
    std::size_t messages = 0;
    std::optional<instant> oldest;  ///< when the first of them was written; none where there is none
};

enum class taking : std::uint8_t { taken, not_due };

/// Mails that a transaction decided on. Their content is sealed at rest by the adapter.
class outbox {
public:
    virtual ~outbox() = default;
    virtual outcome<void> append(notify::message const&) = 0;
    /// Unsent, not failed, not expired AT `now`, and due; oldest first.
    virtual outcome<std::vector<outbox_entry>> due(instant now, std::size_t limit) = 0;
    /// Takes a mail that is due AT `now` for whoever delivers it: it isn't due again before `until`. Of several who take it at once one gets it.
    virtual outcome<taking> take(notify::message_id, instant now, instant until) = 0;
    virtual outcome<void> mark_sent(notify::message_id, instant at) = 0;
    /// Counts the attempt; `next` is when to try again, none where it failed for good AT `at`.
    virtual outcome<void> mark_failed(notify::message_id, std::string const& why, instant at, std::optional<instant> next) = 0;
    /// Newest first, sent or not: the dev inbox of a lab.
    virtual outcome<std::vector<outbox_entry>> newest(std::size_t limit) = 0;
    virtual outcome<std::size_t> purge(instant before, std::size_t batch) = 0;
    /// What is neither sent, nor failed, nor expired AT `now`, due or not.
    virtual outcome<outbox_backlog> backlog(instant now) = 0;
    /// Removes every mail to the address, sent or not. @return how many.
    virtual outcome<std::size_t> erase(identity::email const& recipient) = 0;
};

}  // namespace mb::ports
