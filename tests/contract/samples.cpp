#include "tests/contract/samples.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string>

namespace mb::contract {
namespace {

/// Text that trips over quoting, escaping or encoding.
std::string awkward(std::string_view text) { return std::string(text) + " 'x' \"y\" \\ % _ ; -- ñ € 😀\n"; }

identity::digest digest_of(std::uint32_t number)
{
    identity::digest made{};
    for (std::size_t i = 0; i < made.size(); ++i) made[i] = static_cast<std::uint8_t>(i * 37 + number);
    return made;
}

/// Every byte there is, zero and line ends among them.
std::string all_bytes()
{
    std::string bytes;
    for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
    return bytes;
}

}  // namespace

identity::user full_user(std::uint32_t number)
{
    auto const text = std::to_string(number);
    return {nth<identity::user_id>(number),
            identity::email::restore("user" + text + "@example.org"),
            identity::username::restore("user-" + text),
            awkward("User " + text),
            "mb1$bcrypt$12$" + text,
            true,
            identity::user_status::disabled,
            {"admin", "user"},
            (std::int64_t{1} << 53) + number,
            start,
            start + 1s,
            start + 2s + tick,
            true,
            "ES,FR 0,1,2"};
}

identity::user bare_user(std::uint32_t number)
{
    return {nth<identity::user_id>(number),
            identity::email::restore("bare" + std::to_string(number) + "@example.org"),
            {},
            {},
            {},
            false,
            identity::user_status::active,
            {},
            1,
            start,
            start,
            {}};
}

tokens::family full_family(std::uint32_t number, identity::user_id owner)
{
    auto family = bare_family(number, owner);
    family.prev_jti = nth<tokens::token_id>(number * 10 + 1);
    family.prev_access_jti = nth<tokens::token_id>(number * 10 + 3);
    family.rotated_at = start + 3s + tick;
    family.revoked_at = start + 4s + tick;
    family.revoked_reason = tokens::revocation_reason::stolen;
    return family;
}

tokens::family bare_family(std::uint32_t number, identity::user_id owner)
{
    tokens::family family;
    family.id = nth<tokens::family_id>(number);
    family.owner = owner;
    family.kid = "0123456789abcdef";
    family.current_jti = nth<tokens::token_id>(number * 10);
    family.access_jti = nth<tokens::token_id>(number * 10 + 2);
    family.ip = {"hash-of-an-address"};
    family.user_agent = awkward("Agent/1.0");
    family.created_at = start;
    family.last_used_at = start + 1s;
    family.expires_at = start + 168h;
    return family;
}

identity::email_token full_email_token(std::uint32_t number, identity::user_id owner)
{
    auto token = bare_email_token(number, owner);
    token.type = identity::email_token_type::magic_link;
    token.used_at = start + 1s + tick;
    token.used_from = identity::ip_hash{"another-hash"};
    token.used_user_agent = awkward("Phone/2");
    token.source = identity::request_source::mobile;
    token.mailed_at = start + 500ms + tick;
    token.validations = 5;
    token.cooling_until = start + 4s + tick;
    token.failed_attempts = 2;
    token.max_attempts = 7;
    token.last_attempt_at = start + 2s + tick;
    token.blocked_at = start + 3s + tick;
    token.blocked_reason = "MAX_FAILED_ATTEMPTS";
    return token;
}

identity::email_token bare_email_token(std::uint32_t number, identity::user_id owner)
{
    identity::email_token token;
    token.id = nth<identity::email_token_id>(number);
    token.owner = owner;
    token.secret_digest = digest_of(number);
    token.created_at = start + std::chrono::milliseconds{number};
    token.expires_at = token.created_at + 24h;
    token.requested_from = {"hash-of-an-address"};
    token.user_agent = awkward("Agent/1.0");
    return token;
}

tokens::signing_key full_key(std::uint32_t number)
{
    auto key = bare_key(number);
    key.state = tokens::key_state::retired;
    key.activated_at = start + 1s + tick;
    key.retired_at = start + 2s + tick;
    key.expires_at = start + 3s + tick;
    return key;
}

tokens::signing_key bare_key(std::uint32_t number)
{
    auto kid = std::to_string(number);
    kid.insert(0, 16 - kid.size(), '0');
    return {kid, secret{all_bytes()}, tokens::key_state::active, start, {}, {}, {}};
}

audit::event full_event(std::uint32_t number, identity::user_id about)
{
    auto event = bare_event(number);
    event.type = audit::event_type::token_theft;
    event.level = audit::severity::critical;
    event.user = about;
    event.actor = nth<identity::user_id>(number + 1'000'000);
    event.ip = identity::ip_hash{"hash-of-an-address"};
    event.user_agent = awkward("Agent/1.0");
    event.endpoint = "/api/v1/auth/refresh";
    event.http_method = "POST";
    event.status_code = 401;
    event.response_time_ms = 12;
    event.metadata = {{"a", awkward("{\"x\":1}")}, {"b", ""}};
    event.country = "ES";
    event.risk_score = 100;
    return event;
}

audit::event bare_event(std::uint32_t number)
{
    audit::event event;
    event.id = nth<audit::log_id>(number);
    event.correlation = nth<audit::correlation_id>(number);
    event.at = start + std::chrono::milliseconds{number};
    return event;
}

anomaly::finding full_anomaly(std::uint32_t number, identity::user_id about, identity::user_id reviewer)
{
    auto row = bare_anomaly(number);
    row.what = anomaly::kind::brute_force;
    row.level = audit::severity::critical;
    row.subject = awkward("subject");
    row.user = about;
    row.reviewed_at = row.at + 3s + tick;
    row.reviewed_by = reviewer;
    return row;
}

anomaly::finding bare_anomaly(std::uint32_t number)
{
    anomaly::finding row;
    row.id = nth<audit::log_id>(number);
    row.at = start + std::chrono::milliseconds{number};
    row.from = row.at - 5min - tick;
    row.until = row.at + 5min + tick;
    row.numbers = {11 + std::int64_t{number}, 10, 300s};
    return row;
}

ports::login_attempt full_attempt(std::uint32_t number, identity::user_id who, tokens::family_id session)
{
    auto attempt = bare_attempt(number);
    attempt.user = who;
    attempt.ip = identity::ip_hash{"hash-of-an-address"};
    attempt.session = session;
    attempt.successful = true;
    attempt.failure_reason = "CREDENCIALES_INVALIDAS";
    attempt.user_agent = awkward("Agent/1.0");
    attempt.country = "ES";
    attempt.risk_score = 100;
    attempt.suspicious = true;
    return attempt;
}

ports::login_attempt bare_attempt(std::uint32_t number)
{
    ports::login_attempt attempt;
    attempt.id = nth<audit::log_id>(number);
    attempt.identity_pseudonym = "pseudonym";
    attempt.at = start + std::chrono::milliseconds{number};
    return attempt;
}

notify::message mail(std::uint32_t number, duration lives)
{
    auto const at = start + std::chrono::milliseconds{number};
    return {nth<notify::message_id>(number),
            notify::message_kind::verify_email,
            identity::email::restore("user" + std::to_string(number) + "@example.org"),
            notify::language::en,
            secret{all_bytes()},
            at,
            at + lives};
}

void check_same(identity::user const& got, identity::user const& wanted)
{
    CHECK(got.id.text() == wanted.id.text());
    CHECK(got.address.text() == wanted.address.text());
    CHECK((got.name == wanted.name));
    CHECK(got.display_name == wanted.display_name);
    CHECK(got.password_hash == wanted.password_hash);
    CHECK(got.email_verified == wanted.email_verified);
    CHECK((got.status == wanted.status));
    CHECK(got.roles == wanted.roles);
    CHECK(got.authz_version == wanted.authz_version);
    CHECK((got.created_at == wanted.created_at));
    CHECK((got.updated_at == wanted.updated_at));
    CHECK((got.last_login_at == wanted.last_login_at));
    CHECK(got.second_factor == wanted.second_factor);
    CHECK(got.login_habits == wanted.login_habits);
}

void check_same(tokens::family const& got, tokens::family const& wanted)
{
    CHECK(got.id.text() == wanted.id.text());
    CHECK((got.owner == wanted.owner));
    CHECK(got.kid == wanted.kid);
    CHECK(got.current_jti.text() == wanted.current_jti.text());
    CHECK((got.prev_jti == wanted.prev_jti));
    CHECK(got.access_jti.text() == wanted.access_jti.text());
    CHECK((got.prev_access_jti == wanted.prev_access_jti));
    CHECK((got.rotated_at == wanted.rotated_at));
    CHECK(got.ip.text == wanted.ip.text);
    CHECK(got.user_agent == wanted.user_agent);
    CHECK((got.created_at == wanted.created_at));
    CHECK((got.last_used_at == wanted.last_used_at));
    CHECK((got.expires_at == wanted.expires_at));
    CHECK((got.revoked_at == wanted.revoked_at));
    CHECK((got.revoked_reason == wanted.revoked_reason));
}

void check_same(identity::email_token const& got, identity::email_token const& wanted)
{
    CHECK(got.id.text() == wanted.id.text());
    CHECK((got.owner == wanted.owner));
    CHECK((got.type == wanted.type));
    CHECK((got.secret_digest == wanted.secret_digest));
    CHECK((got.created_at == wanted.created_at));
    CHECK((got.expires_at == wanted.expires_at));
    CHECK(got.requested_from.text == wanted.requested_from.text);
    CHECK(got.user_agent == wanted.user_agent);
    CHECK((got.used_at == wanted.used_at));
    CHECK((got.used_from == wanted.used_from));
    CHECK(got.used_user_agent == wanted.used_user_agent);
    CHECK((got.source == wanted.source));
    CHECK((got.mailed_at == wanted.mailed_at));
    CHECK(got.validations == wanted.validations);
    CHECK((got.cooling_until == wanted.cooling_until));
    CHECK(got.failed_attempts == wanted.failed_attempts);
    CHECK(got.max_attempts == wanted.max_attempts);
    CHECK((got.last_attempt_at == wanted.last_attempt_at));
    CHECK((got.blocked_at == wanted.blocked_at));
    CHECK(got.blocked_reason == wanted.blocked_reason);
}

void check_same(identity::lockout_counter const& got, identity::lockout_counter const& wanted)
{
    CHECK(got.identity == wanted.identity);
    CHECK(got.device == wanted.device);
    CHECK(got.failures == wanted.failures);
    CHECK((got.locked_until == wanted.locked_until));
    CHECK((got.expires_at == wanted.expires_at));
    CHECK(got.in_a_row == wanted.in_a_row);
    CHECK((got.window_ends_at == wanted.window_ends_at));
}

void check_same(tokens::signing_key const& got, tokens::signing_key const& wanted)
{
    CHECK(got.kid == wanted.kid);
    CHECK(got.material.same(wanted.material));
    CHECK((got.state == wanted.state));
    CHECK((got.created_at == wanted.created_at));
    CHECK((got.activated_at == wanted.activated_at));
    CHECK((got.retired_at == wanted.retired_at));
    CHECK((got.expires_at == wanted.expires_at));
}

void check_same(audit::event const& got, audit::event const& wanted)
{
    CHECK(got.id.text() == wanted.id.text());
    CHECK((got.type == wanted.type));
    CHECK((got.level == wanted.level));
    CHECK((got.user == wanted.user));
    CHECK((got.actor == wanted.actor));
    CHECK((got.ip == wanted.ip));
    CHECK(got.user_agent == wanted.user_agent);
    CHECK((got.correlation == wanted.correlation));
    CHECK(got.endpoint == wanted.endpoint);
    CHECK(got.http_method == wanted.http_method);
    CHECK(got.status_code == wanted.status_code);
    CHECK(got.response_time_ms == wanted.response_time_ms);
    CHECK(got.metadata == wanted.metadata);
    CHECK((got.at == wanted.at));
    CHECK(got.country == wanted.country);
    CHECK((got.risk_score == wanted.risk_score));
}

void check_same(ports::login_attempt const& got, ports::login_attempt const& wanted)
{
    CHECK(got.id.text() == wanted.id.text());
    CHECK((got.user == wanted.user));
    CHECK(got.identity_pseudonym == wanted.identity_pseudonym);
    CHECK((got.ip == wanted.ip));
    CHECK((got.session == wanted.session));
    CHECK(got.successful == wanted.successful);
    CHECK(got.failure_reason == wanted.failure_reason);
    CHECK(got.user_agent == wanted.user_agent);
    CHECK((got.at == wanted.at));
    CHECK(got.country == wanted.country);
    CHECK((got.risk_score == wanted.risk_score));
    CHECK(got.suspicious == wanted.suspicious);
}

void check_same(anomaly::finding const& got, anomaly::finding const& wanted)
{
    CHECK((got.id == wanted.id));
    CHECK((got.what == wanted.what));
    CHECK((got.level == wanted.level));
    CHECK(got.subject == wanted.subject);
    CHECK((got.user == wanted.user));
    CHECK((got.from == wanted.from));
    CHECK((got.until == wanted.until));
    CHECK((got.numbers == wanted.numbers));
    CHECK((got.at == wanted.at));
    CHECK((got.reviewed_at == wanted.reviewed_at));
    CHECK((got.reviewed_by == wanted.reviewed_by));
}

void check_same(notify::message const& got, notify::message const& wanted)
{
    CHECK(got.id.text() == wanted.id.text());
    CHECK((got.kind == wanted.kind));
    CHECK(got.recipient.text() == wanted.recipient.text());
    CHECK((got.tongue == wanted.tongue));
    CHECK(got.link_token.same(wanted.link_token));
    CHECK((got.created_at == wanted.created_at));
    CHECK((got.expires_at == wanted.expires_at));
}

}  // namespace mb::contract
