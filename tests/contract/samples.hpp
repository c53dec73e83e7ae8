#pragma once

#include "core/domain/anomaly/finding.hpp"
#include "core/domain/audit/event.hpp"
#include "core/domain/identity/email_token.hpp"
#include "core/domain/identity/lockout.hpp"
#include "core/domain/notify/message.hpp"
#include "core/domain/tokens/claims.hpp"
#include "ports/audit_repositories.hpp"

#include <cstdint>

// Rows with every column filled ("full") and with every optional column empty ("bare"), and claims that two rows are the same.

namespace mb::contract {

using namespace std::chrono_literals;

/// With microseconds, so that a store that cuts them off is found out.
constexpr instant start = from_micros(1'769'250'600'123'456);
constexpr duration tick{1};

/// Identities that are in the order of their numbers, like those that are drawn one after the other.
template <class Id>
Id nth(std::uint32_t number)
{
    return Id{make_uuid_v7(start + std::chrono::milliseconds{number},
                           {0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0xff, static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
                            static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)})};
}

identity::user full_user(std::uint32_t number);
identity::user bare_user(std::uint32_t number);
tokens::family full_family(std::uint32_t number, identity::user_id owner);
tokens::family bare_family(std::uint32_t number, identity::user_id owner);
identity::email_token full_email_token(std::uint32_t number, identity::user_id owner);
identity::email_token bare_email_token(std::uint32_t number, identity::user_id owner);
tokens::signing_key full_key(std::uint32_t number);
tokens::signing_key bare_key(std::uint32_t number);
audit::event full_event(std::uint32_t number, identity::user_id about);
audit::event bare_event(std::uint32_t number);
ports::login_attempt full_attempt(std::uint32_t number, identity::user_id who, tokens::family_id session);
ports::login_attempt bare_attempt(std::uint32_t number);
anomaly::finding full_anomaly(std::uint32_t number, identity::user_id about, identity::user_id reviewer);
anomaly::finding bare_anomaly(std::uint32_t number);
notify::message mail(std::uint32_t number, duration lives = 1h);

void check_same(identity::user const& got, identity::user const& wanted);
void check_same(tokens::family const& got, tokens::family const& wanted);
void check_same(identity::email_token const& got, identity::email_token const& wanted);
void check_same(identity::lockout_counter const& got, identity::lockout_counter const& wanted);
void check_same(tokens::signing_key const& got, tokens::signing_key const& wanted);
void check_same(audit::event const& got, audit::event const& wanted);
void check_same(ports::login_attempt const& got, ports::login_attempt const& wanted);
void check_same(anomaly::finding const& got, anomaly::finding const& wanted);
void check_same(notify::message const& got, notify::message const& wanted);

}  // namespace mb::contract
