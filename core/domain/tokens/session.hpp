#pragma once

#include "core/domain/base/id.hpp"
#include "core/domain/base/instant.hpp"
#include "core/domain/identity/email_token.hpp"
#include "core/domain/identity/user.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mb::tokens {

using session_id = id<struct session_tag>;

enum class session_end : std::uint8_t { logout, global_logout, password_reset, admin, restored_backup, expired, other_address };
std::string_view name_of(session_end why) noexcept;  ///< as the column sessions.revoked_reason
std::optional<session_end> session_end_named(std::string_view name) noexcept;

/// A classic session: its cookie says nothing, and only the digest of it is kept (seed 004 phase 3).
struct session {
    session_id id;
    identity::user_id owner;
    identity::digest digest{};
    identity::ip_hash ip;
    std::string user_agent;
    instant created_at{};
    instant last_seen_at{};
    instant expires_at{};
    std::optional<instant> revoked_at;
    std::optional<session_end> revoked_reason;
};

/// What becomes of a session that is used from another address than it was begun at (decisions.md #13).
enum class address_binding : std::uint8_t {
    strict,  ///< it ends
    log,     ///< it goes on, and that is an event
    off
};

struct session_policy {
    std::chrono::seconds life{std::chrono::days{7}};
    duration idle_max = std::chrono::hours{12};  ///< a session that isn't seen for so long has ended
    address_binding binding = address_binding::strict;
};

enum class session_standing : std::uint8_t {
    good,
    moved,  ///< good, but from another address: to be noted
    revoked,
    expired,        ///< AT `expires_at`, or AT `idle_max` after it was last seen
    other_address,  ///< must be ended
};
session_standing decide_session(session const& held, std::optional<identity::ip_hash> const& from, session_policy const& policy,
                                instant now) noexcept;

/// Ends a session once; one that has ended keeps its first reason.
void end(session& held, session_end why, instant now) noexcept;

}  // namespace mb::tokens
