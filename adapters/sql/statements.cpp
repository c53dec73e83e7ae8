#include "adapters/sql/statements.hpp"

#include <array>
#include <utility>

// Lists of columns, each read by one function of the same order.
#define MB_USER_COLUMNS                                                                                 \
    "u.id, u.email, u.username, u.display_name, u.password_hash, u.email_verified, u.status, u.roles, " \
    "u.authz_version, u.created_at, u.updated_at, u.last_login_at, u.mfa_enabled, u.login_habits"
#define MB_FAMILY_COLUMNS                                                                                                         \
    "f.id, f.user_id, f.kid, f.current_jti, f.prev_jti, f.access_jti, f.prev_access_jti, f.rotated_at, f.ip_hash, f.user_agent, " \
    "f.created_at, f.last_used_at, f.expires_at, f.revoked_at, f.revoked_reason"
#define MB_ACCESS_COLUMNS MB_FAMILY_COLUMNS ", " MB_USER_COLUMNS ", (SELECT e.value FROM epoch e WHERE e.name = 'catalogue')"
#define MB_EMAIL_TOKEN_COLUMNS                                                                                                                 \
    "id, user_id, type, secret_hash, created_at, expires_at, ip_hash, user_agent, request_source, email_sent_at, used_at, used_from_ip_hash, " \
    "used_from_user_agent, failed_attempts, max_attempts, validation_count, last_attempt_at, cooldown_until, blocked_at, blocked_reason"
#define MB_API_KEY_COLUMNS "k.id, k.user_id, k.name, k.key_prefix, k.key_hash, k.scopes, k.expires_at, k.last_used_at, k.revoked_at, k.created_at"
#define MB_SESSION_COLUMNS \
    "s.id, s.user_id, s.token_hash, s.ip_hash, s.user_agent, s.created_at, s.last_seen_at, s.expires_at, s.revoked_at, s.revoked_reason"
#define MB_EVENT_COLUMNS                                                                                                         \
    "log_id, user_id, actor_id, event_type, severity, ip_hash, user_agent, correlation_id, endpoint, http_method, status_code, " \
    "response_time_ms, metadata, timestamp, country_code, risk_score"
#define MB_SEAL_COLUMNS "number, through_time, through_id, sealed_at, sealed_rows, previous, digest, signature, salt"
#define MB_ATTEMPT_COLUMNS                                                                                                                        \
    "attempt_id, user_id, email_pseudonym, ip_hash, session_id, successful, failure_reason, user_agent, attempt_time, country_code, risk_score, " \
    "is_suspicious"
#define MB_ANOMALY_COLUMNS "id, type, severity, subject, user_id, window_from, window_until, figures, created_at, reviewed_at, reviewed_by"
#define MB_MESSAGE_COLUMNS "id, payload, created_at, expires_at, attempts, sent_at, failed_at, last_error"
#define MB_ROLE_COLUMNS "name, description, permissions, built_in, administers, version"
#define MB_ENTITY_COLUMNS "id, number, name, display_name, description, revision, created_at, updated_at, created_by"
#define MB_FIELD_COLUMNS                                                                                            \
    "entity_id, id, number, name, display_name, type, is_required, is_unique, is_indexed, min_length, max_length, " \
    "min_value, max_value, digits, scale, pattern, fallback"

namespace mb::sql {
namespace {

using entry = std::pair<statement, std::string_view>;

// Optional bounds on an identity are bound as its smallest or largest value, so that one text serves both cases.
constexpr auto texts = std::to_array<entry>({
    {statement::begin_read, "BEGIN"},
    {statement::begin_write, "BEGIN"},
    {statement::commit, "COMMIT"},
    {statement::rollback, "ROLLBACK"},
    {statement::savepoint, "SAVEPOINT work"},
    {statement::release_savepoint, "RELEASE SAVEPOINT work"},
    {statement::rollback_to_savepoint, "ROLLBACK TO SAVEPOINT work"},
    {statement::has_migrations, "SELECT 1 FROM information_schema.tables WHERE table_name = 'schema_migrations'"},
    {statement::list_migrations, "SELECT version, checksum FROM schema_migrations ORDER BY version"},
    {statement::create_migrations,
     "CREATE TABLE IF NOT EXISTS schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT "
     "NULL)"},
    {statement::insert_migration, "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)"},

    {statement::user_by_id, "SELECT " MB_USER_COLUMNS " FROM users u WHERE u.id = $1 AND u.deleted_at IS NULL"},
    {statement::user_by_email, "SELECT " MB_USER_COLUMNS " FROM users u WHERE u.email = $1 AND u.deleted_at IS NULL"},
    {statement::user_by_username, "SELECT " MB_USER_COLUMNS " FROM users u WHERE u.username = $1 AND u.deleted_at IS NULL"},
    {statement::insert_user,
     "INSERT INTO users (id, email, username, display_name, password_hash, email_verified, status, roles, authz_version, created_at, updated_at, "
     "last_login_at, mfa_enabled, login_habits) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"},
    {statement::update_user,
     "UPDATE users SET email = $1, username = $2, display_name = $3, password_hash = $4, email_verified = $5, status = $6, roles = $7, "
     "authz_version = $8, created_at = $9, updated_at = $10, last_login_at = $11, mfa_enabled = $12, login_habits = $13 WHERE id = $14"},
    {statement::delete_user_roles, "DELETE FROM user_roles WHERE user_id = $1"},
    {statement::insert_user_role, "INSERT INTO user_roles (user_id, role) VALUES ($1, $2) ON CONFLICT (user_id, role) DO NOTHING"},
    {statement::count_active_users, "SELECT count(*) FROM user_roles r JOIN users u ON u.id = r.user_id WHERE r.role = $1 AND u.status = 'active'"},

    {statement::family_by_id, "SELECT " MB_FAMILY_COLUMNS " FROM refresh_token_families f WHERE f.id = $1"},
    {statement::access_by_jti, "SELECT " MB_ACCESS_COLUMNS " FROM refresh_token_families f JOIN users u ON u.id = f.user_id WHERE f.access_jti = $1"},
    {statement::access_by_previous_jti,
     "SELECT " MB_ACCESS_COLUMNS " FROM refresh_token_families f JOIN users u ON u.id = f.user_id WHERE f.prev_access_jti = $1"},
    // The owner and the birth of a family never change: leaving them out spares their index.
    {statement::save_family,
     "INSERT INTO refresh_token_families (id, user_id, kid, current_jti, prev_jti, access_jti, prev_access_jti, rotated_at, ip_hash, user_agent, "
     "created_at, last_used_at, expires_at, revoked_at, revoked_reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) "
     "ON CONFLICT (id) DO UPDATE SET kid = excluded.kid, current_jti = excluded.current_jti, prev_jti = excluded.prev_jti, "
     "access_jti = excluded.access_jti, prev_access_jti = excluded.prev_access_jti, rotated_at = excluded.rotated_at, ip_hash = excluded.ip_hash, "
     "user_agent = excluded.user_agent, last_used_at = excluded.last_used_at, expires_at = excluded.expires_at, revoked_at = excluded.revoked_at, "
     "revoked_reason = excluded.revoked_reason"},
    {statement::active_families,
     "SELECT " MB_FAMILY_COLUMNS
     " FROM refresh_token_families f WHERE f.user_id = $1 AND f.id < $2 AND f.revoked_at IS NULL AND f.expires_at > $3 ORDER BY f.id DESC LIMIT $4"},
    {statement::revoke_families,
     "UPDATE refresh_token_families SET revoked_at = $1, revoked_reason = $2 WHERE user_id = $3 AND id <> $4 AND revoked_at IS NULL AND expires_at > "
     "$1"},
    {statement::purge_families,
     "DELETE FROM refresh_token_families WHERE id IN (SELECT id FROM refresh_token_families WHERE expires_at <= $1 OR revoked_at <= $1 LIMIT $2)"},

    {statement::access_by_session,
     "SELECT " MB_SESSION_COLUMNS ", " MB_USER_COLUMNS " FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token_hash = $1"},
    // The owner, the digest and the birth of a session never change: leaving them out spares their indexes.
    {statement::save_session,
     "INSERT INTO sessions (id, user_id, token_hash, ip_hash, user_agent, created_at, last_seen_at, expires_at, revoked_at, revoked_reason) "
     "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO UPDATE SET ip_hash = excluded.ip_hash, "
     "user_agent = excluded.user_agent, last_seen_at = excluded.last_seen_at, expires_at = excluded.expires_at, revoked_at = "
     "excluded.revoked_at, revoked_reason = excluded.revoked_reason"},
    {statement::end_sessions,
     "UPDATE sessions SET revoked_at = $1, revoked_reason = $2 WHERE user_id = $3 AND revoked_at IS NULL AND expires_at > $1"},
    {statement::note_session_sighting, "UPDATE sessions SET last_seen_at = $1 WHERE id = $2 AND last_seen_at < $1"},
    {statement::purge_sessions, "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at <= $1 OR revoked_at <= $1 LIMIT $2)"},

    {statement::email_token_by_id, "SELECT " MB_EMAIL_TOKEN_COLUMNS " FROM email_tokens WHERE id = $1"},
    {statement::save_email_token,
     "INSERT INTO email_tokens (" MB_EMAIL_TOKEN_COLUMNS
     ", is_blocked, email_sent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22) "
     "ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id, type = excluded.type, secret_hash = excluded.secret_hash, "
     "created_at = excluded.created_at, expires_at = excluded.expires_at, ip_hash = excluded.ip_hash, user_agent = excluded.user_agent, "
     "request_source = excluded.request_source, email_sent = excluded.email_sent, email_sent_at = excluded.email_sent_at, "
     "validation_count = excluded.validation_count, cooldown_until = excluded.cooldown_until, "
     "used_at = excluded.used_at, used_from_ip_hash = excluded.used_from_ip_hash, used_from_user_agent = excluded.used_from_user_agent, "
     "failed_attempts = excluded.failed_attempts, max_attempts = excluded.max_attempts, last_attempt_at = excluded.last_attempt_at, "
     "blocked_at = excluded.blocked_at, blocked_reason = excluded.blocked_reason, is_blocked = excluded.is_blocked"},
    {statement::newest_email_token,
     "SELECT " MB_EMAIL_TOKEN_COLUMNS " FROM email_tokens WHERE user_id = $1 AND type = $2 ORDER BY created_at DESC, id DESC LIMIT 1"},
    {statement::count_link_failures,
     "SELECT CAST(coalesce(sum(failed_attempts), 0) AS BIGINT) FROM email_tokens WHERE user_id = $1 AND last_attempt_at >= $2"},
    {statement::block_email_tokens,
     "UPDATE email_tokens SET is_blocked = $1, blocked_at = $2, blocked_reason = $3 WHERE user_id = $4 AND used_at IS NULL AND blocked_at IS NULL"},
    {statement::purge_email_tokens, "DELETE FROM email_tokens WHERE id IN (SELECT id FROM email_tokens WHERE expires_at <= $1 LIMIT $2)"},

    {statement::api_key_by_id, "SELECT " MB_API_KEY_COLUMNS " FROM api_keys k WHERE k.id = $1"},
    {statement::access_by_api_key, "SELECT " MB_API_KEY_COLUMNS ", " MB_USER_COLUMNS
                                   ", (SELECT e.value FROM epoch e WHERE e.name = 'catalogue') FROM api_keys k JOIN users u ON u.id = k.user_id "
                                   "WHERE k.key_hash = $1"},
    // The owner, the digest and the birth of a key never change: leaving them out spares their indexes.
    {statement::save_api_key,
     "INSERT INTO api_keys (id, user_id, name, key_prefix, key_hash, scopes, expires_at, last_used_at, revoked_at, created_at) "
     "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO UPDATE SET name = excluded.name, scopes = excluded.scopes, "
     "expires_at = excluded.expires_at, last_used_at = excluded.last_used_at, revoked_at = excluded.revoked_at"},
    {statement::list_api_keys, "SELECT " MB_API_KEY_COLUMNS " FROM api_keys k WHERE k.user_id = $1 AND k.id < $2 ORDER BY k.id DESC LIMIT $3"},
    {statement::count_api_keys,
     "SELECT count(*) FROM api_keys WHERE user_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)"},
    {statement::note_api_key_use, "UPDATE api_keys SET last_used_at = $1 WHERE id = $2 AND (last_used_at IS NULL OR last_used_at < $1)"},

    {statement::lockout_by_key,
     "SELECT identity_pseudonym, device_id, failures, locked_until, expires_at, failures_in_a_row, window_ends_at FROM lockout_counters WHERE identity_pseudonym = $1 AND device_id = "
     "$2"},
    {statement::save_lockout,
     "INSERT INTO lockout_counters (identity_pseudonym, device_id, failures, locked_until, expires_at, failures_in_a_row, window_ends_at) "
     "VALUES ($1, $2, $3, $4, $5, $6, $7) "
     "ON CONFLICT (identity_pseudonym, device_id) DO UPDATE SET failures = excluded.failures, locked_until = excluded.locked_until, "
     "expires_at = excluded.expires_at, failures_in_a_row = excluded.failures_in_a_row, window_ends_at = excluded.window_ends_at"},
    {statement::clear_lockouts, "DELETE FROM lockout_counters WHERE identity_pseudonym = $1"},
    {statement::clear_lockout, "DELETE FROM lockout_counters WHERE identity_pseudonym = $1 AND device_id = $2"},
    {statement::purge_lockouts,
     "DELETE FROM lockout_counters WHERE (identity_pseudonym, device_id) IN (SELECT identity_pseudonym, device_id FROM lockout_counters WHERE "
     "expires_at <= $1 LIMIT $2)"},

    {statement::second_factor_by_owner, "SELECT id, mfa_secret, mfa_last_step FROM users WHERE id = $1 AND mfa_secret IS NOT NULL"},
    {statement::save_second_factor, "UPDATE users SET mfa_secret = $1, mfa_last_step = $2 WHERE id = $3"},
    {statement::clear_second_factor, "UPDATE users SET mfa_secret = NULL, mfa_last_step = NULL WHERE id = $1"},
    {statement::recovery_codes_of, "SELECT id, user_id, code_hash, created_at, used_at FROM mfa_recovery_codes WHERE user_id = $1 ORDER BY id"},
    {statement::insert_recovery_code, "INSERT INTO mfa_recovery_codes (id, user_id, code_hash, created_at, used_at) VALUES ($1, $2, $3, $4, $5)"},
    {statement::delete_recovery_codes, "DELETE FROM mfa_recovery_codes WHERE user_id = $1"},
    {statement::spend_recovery_code, "UPDATE mfa_recovery_codes SET used_at = $1 WHERE id = $2"},

    {statement::list_signing_keys, "SELECT kid, secret, state, created_at, activated_at, retired_at, expires_at FROM jwt_signing_keys ORDER BY kid"},
    {statement::save_signing_key,
     "INSERT INTO jwt_signing_keys (kid, secret, state, created_at, activated_at, retired_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7) "
     "ON CONFLICT (kid) DO UPDATE SET secret = excluded.secret, state = excluded.state, created_at = excluded.created_at, activated_at = "
     "excluded.activated_at, "
     "retired_at = excluded.retired_at, expires_at = excluded.expires_at"},
    {statement::purge_signing_keys, "DELETE FROM jwt_signing_keys WHERE kid IN (SELECT kid FROM jwt_signing_keys WHERE expires_at <= $1 LIMIT $2)"},
    {statement::list_roles, "SELECT " MB_ROLE_COLUMNS " FROM roles ORDER BY name"},
    {statement::role_by_name, "SELECT " MB_ROLE_COLUMNS " FROM roles WHERE name = $1"},
    {statement::insert_role, "INSERT INTO roles (" MB_ROLE_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6)"},
    {statement::save_role,
     "INSERT INTO roles (" MB_ROLE_COLUMNS
     ") VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name) DO UPDATE SET description = excluded.description, permissions = excluded.permissions, "
     "built_in = excluded.built_in, administers = excluded.administers, version = excluded.version"},
    {statement::delete_role, "DELETE FROM roles WHERE name = $1"},
    {statement::current_catalogue, "SELECT value FROM epoch WHERE name = 'catalogue'"},
    {statement::advance_catalogue, "UPDATE epoch SET value = value + 1 WHERE name = 'catalogue'"},
    {statement::count_restore, "UPDATE epoch SET value = value + 1 WHERE name = 'restored' RETURNING value"},

    {statement::append_event,
     "INSERT INTO audit_logs (log_id, user_id, actor_id, event_type, severity, ip_hash, user_agent, correlation_id, endpoint, http_method, "
     "status_code, response_time_ms, metadata, timestamp, country_code, risk_score) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
     "$14, $15, $16)"},
    {statement::newest_events, "SELECT " MB_EVENT_COLUMNS " FROM audit_logs ORDER BY timestamp DESC, log_id DESC LIMIT $1"},
    {statement::events_after,
     "SELECT " MB_EVENT_COLUMNS
     " FROM audit_logs WHERE (timestamp, log_id) > ($1, $2) AND (timestamp, log_id) <= ($3, $4) ORDER BY timestamp, log_id LIMIT $5"},
    {statement::count_events, "SELECT count(*) FROM audit_logs WHERE (timestamp, log_id) > ($1, $2) AND (timestamp, log_id) <= ($3, $4)"},
    {statement::newest_seal, "SELECT " MB_SEAL_COLUMNS " FROM audit_seals ORDER BY number DESC LIMIT 1"},
    {statement::append_seal, "INSERT INTO audit_seals (" MB_SEAL_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"},
    {statement::seals_after, "SELECT " MB_SEAL_COLUMNS " FROM audit_seals WHERE number > $1 ORDER BY number LIMIT $2"},
    {statement::seals_reaching,
     "SELECT " MB_SEAL_COLUMNS " FROM audit_seals WHERE (through_time, through_id) > ($1, $2) ORDER BY through_time, through_id"},
    {statement::forget_salts, "UPDATE audit_seals SET salt = NULL WHERE through_time <= $1 AND salt IS NOT NULL"},
    {statement::append_attempt, "INSERT INTO login_attempts (" MB_ATTEMPT_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"},
    {statement::attempts_after,
     "SELECT " MB_ATTEMPT_COLUMNS
     " FROM login_attempts WHERE (attempt_time, attempt_id) > ($1, $2) AND (attempt_time, attempt_id) <= ($3, $4) ORDER BY attempt_time, attempt_id "
     "LIMIT $5"},
    {statement::count_attempts,
     "SELECT count(*) FROM login_attempts WHERE (attempt_time, attempt_id) > ($1, $2) AND (attempt_time, attempt_id) <= ($3, $4)"},
    {statement::newest_attempts, "SELECT " MB_ATTEMPT_COLUMNS " FROM login_attempts ORDER BY attempt_time DESC, attempt_id DESC LIMIT $1"},
    {statement::anomaly_by_id, "SELECT " MB_ANOMALY_COLUMNS " FROM anomalies WHERE id = $1"},
    {statement::open_anomaly,
     "SELECT " MB_ANOMALY_COLUMNS " FROM anomalies WHERE type = $1 AND subject = $2 AND window_until > $3 ORDER BY window_until DESC LIMIT 1"},
    // When it began and what it is never change: leaving them out spares their indexes.
    {statement::save_anomaly,
     "INSERT INTO anomalies (" MB_ANOMALY_COLUMNS
     ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO UPDATE SET subject = excluded.subject, user_id = excluded.user_id, "
     "figures = excluded.figures, reviewed_at = excluded.reviewed_at, reviewed_by = excluded.reviewed_by"},
    {statement::anonymise_anomalies,
     "UPDATE anomalies SET user_id = NULL, subject = '' WHERE id IN (SELECT id FROM anomalies WHERE created_at <= $1 AND "
     "(subject <> '' OR user_id IS NOT NULL) LIMIT $2)"},
    {statement::anonymise_reviews,
     "UPDATE anomalies SET reviewed_by = NULL WHERE id IN (SELECT id FROM anomalies WHERE reviewed_by IS NOT NULL AND reviewed_at <= $1 LIMIT $2)"},
    {statement::append_message,
     "INSERT INTO outbox (id, kind, payload, created_at, expires_at, next_attempt_at) VALUES ($1, 'mail', $2, $3, $4, $3)"},
    {statement::due_messages,
     "SELECT " MB_MESSAGE_COLUMNS
     " FROM outbox WHERE sent_at IS NULL AND failed_at IS NULL AND next_attempt_at <= $1 AND expires_at > $1 ORDER BY created_at, id LIMIT $2"},
    {statement::take_message,
     "UPDATE outbox SET next_attempt_at = $1 WHERE id = $2 AND sent_at IS NULL AND failed_at IS NULL AND next_attempt_at <= $3 AND expires_at > $3"},
    {statement::mark_message_sent, "UPDATE outbox SET sent_at = $1 WHERE id = $2"},
    {statement::mark_message_failed,
     "UPDATE outbox SET attempts = attempts + 1, last_error = $1, next_attempt_at = coalesce($2, next_attempt_at), failed_at = $3 WHERE id = $4"},
    {statement::newest_messages, "SELECT " MB_MESSAGE_COLUMNS " FROM outbox ORDER BY created_at DESC, id DESC LIMIT $1"},
    {statement::outbox_backlog, "SELECT count(*), min(created_at) FROM outbox WHERE sent_at IS NULL AND failed_at IS NULL AND expires_at > $1"},
    {statement::purge_messages, "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE expires_at <= $1 LIMIT $2)"},

    {statement::families_of, "SELECT " MB_FAMILY_COLUMNS " FROM refresh_token_families f WHERE f.user_id = $1 ORDER BY f.id DESC LIMIT $2"},
    {statement::sessions_of, "SELECT " MB_SESSION_COLUMNS " FROM sessions s WHERE s.user_id = $1 ORDER BY s.id DESC LIMIT $2"},
    {statement::email_tokens_of, "SELECT " MB_EMAIL_TOKEN_COLUMNS " FROM email_tokens WHERE user_id = $1 ORDER BY id DESC LIMIT $2"},
    {statement::api_keys_of, "SELECT " MB_API_KEY_COLUMNS " FROM api_keys k WHERE k.user_id = $1 ORDER BY k.id DESC LIMIT $2"},
    {statement::attempts_of,
     "SELECT " MB_ATTEMPT_COLUMNS " FROM login_attempts WHERE user_id = $1 ORDER BY attempt_time DESC, attempt_id DESC LIMIT $2"},
    {statement::events_of,
     "SELECT " MB_EVENT_COLUMNS " FROM audit_logs WHERE user_id = $1 OR actor_id = $1 ORDER BY timestamp DESC, log_id DESC LIMIT $2"},
    {statement::anomalies_of, "SELECT " MB_ANOMALY_COLUMNS " FROM anomalies WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2"},
    {statement::erase_families, "DELETE FROM refresh_token_families WHERE user_id = $1"},
    {statement::erase_sessions, "DELETE FROM sessions WHERE user_id = $1"},
    {statement::erase_email_tokens, "DELETE FROM email_tokens WHERE user_id = $1"},
    {statement::erase_api_keys, "DELETE FROM api_keys WHERE user_id = $1"},
    {statement::erase_events, "UPDATE audit_logs SET user_id = NULL, ip_hash = NULL, user_agent = '' WHERE user_id = $1"},
    {statement::erase_actor, "UPDATE audit_logs SET actor_id = NULL, ip_hash = NULL, user_agent = '' WHERE actor_id = $1"},
    {statement::erase_attempts,
     "UPDATE login_attempts SET user_id = NULL, username = NULL, email_pseudonym = '', ip_hash = NULL, session_id = NULL, "
     "device_fingerprint = NULL, user_agent = '' WHERE user_id = $1"},
    {statement::erase_anomalies, "UPDATE anomalies SET user_id = NULL, subject = '' WHERE user_id = $1"},
    {statement::erase_reviewer, "UPDATE anomalies SET reviewed_by = NULL WHERE reviewed_by = $1"},
    {statement::erase_user,
     "UPDATE users SET email = $1, username = NULL, display_name = NULL, password_hash = NULL, email_verified = $2, status = 'disabled', "
     "mfa_enabled = $2, mfa_secret = NULL, mfa_last_step = NULL, roles = '[]', last_login_at = NULL, login_habits = NULL, updated_at = $3, "
     "deleted_at = $3 WHERE id = $4"},
    {statement::all_messages, "SELECT id, payload FROM outbox"},
    {statement::erase_message, "DELETE FROM outbox WHERE id = $1"},
    {statement::anonymised_until, "SELECT value FROM epoch WHERE name = $1"},
    {statement::set_anonymised_until, "UPDATE epoch SET value = $1 WHERE name = $2"},
    {statement::last_event_of_batch,
     "SELECT count(*), max(b.timestamp) FROM (SELECT timestamp FROM audit_logs WHERE timestamp > $1 AND timestamp <= $2 ORDER BY timestamp "
     "LIMIT $3) b"},
    {statement::anonymise_events,
     "UPDATE audit_logs SET user_id = NULL, actor_id = NULL, ip_hash = NULL, user_agent = '' WHERE timestamp > $1 AND timestamp <= $2"},
    {statement::last_attempt_of_batch,
     "SELECT count(*), max(b.attempt_time) FROM (SELECT attempt_time FROM login_attempts WHERE attempt_time > $1 AND attempt_time <= $2 ORDER BY "
     "attempt_time LIMIT $3) b"},
    {statement::anonymise_attempts,
     "UPDATE login_attempts SET user_id = NULL, username = NULL, email_pseudonym = '', ip_hash = NULL, session_id = NULL, "
     "device_fingerprint = NULL, user_agent = '' WHERE attempt_time > $1 AND attempt_time <= $2"},

    {statement::list_entities, "SELECT " MB_ENTITY_COLUMNS " FROM mb_meta_entities ORDER BY id"},
    {statement::entity_by_id, "SELECT " MB_ENTITY_COLUMNS " FROM mb_meta_entities WHERE id = $1"},
    {statement::list_fields, "SELECT " MB_FIELD_COLUMNS " FROM mb_meta_fields ORDER BY entity_id, position"},
    {statement::fields_of_entity, "SELECT " MB_FIELD_COLUMNS " FROM mb_meta_fields WHERE entity_id = $1 ORDER BY position"},
    {statement::list_options,
     "SELECT o.field_id, o.number, o.value, o.label FROM mb_meta_fields f JOIN mb_meta_options o ON o.field_id = f.id ORDER BY f.entity_id, "
     "f.position, "
     "o.position"},
    {statement::options_of_entity,
     "SELECT o.field_id, o.number, o.value, o.label FROM mb_meta_fields f JOIN mb_meta_options o ON o.field_id = f.id WHERE f.entity_id = $1 ORDER "
     "BY "
     "f.position, o.position"},
    {statement::next_number, "UPDATE epoch SET value = value + 1 WHERE name = 'number' RETURNING value"},
    {statement::save_entity,
     "INSERT INTO mb_meta_entities (" MB_ENTITY_COLUMNS
     ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO UPDATE SET number = excluded.number, name = excluded.name, "
     "display_name = excluded.display_name, description = excluded.description, revision = excluded.revision, created_at = excluded.created_at, "
     "updated_at = excluded.updated_at, created_by = excluded.created_by"},
    {statement::delete_fields, "DELETE FROM mb_meta_fields WHERE entity_id = $1"},
    {statement::insert_field, "INSERT INTO mb_meta_fields (" MB_FIELD_COLUMNS
                              ", position) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"},
    {statement::insert_option, "INSERT INTO mb_meta_options (field_id, number, value, label, position) VALUES ($1, $2, $3, $4, $5)"},
    {statement::delete_entity, "DELETE FROM mb_meta_entities WHERE id = $1"},
    {statement::append_journal, "INSERT INTO ddl_journal (entity_id, revision, step, statement, applied_at) VALUES ($1, $2, $3, $4, $5)"},
});

constexpr bool in_order() noexcept
{
    if (texts.size() != statements_total) return false;
    for (std::size_t i = 0; i < texts.size(); ++i)
        if (static_cast<std::size_t>(texts[i].first) != i) return false;
    return true;
}
static_assert(in_order(), "the texts are indexed by the enumeration");

}  // namespace

std::string_view common_text(statement what) noexcept { return texts[static_cast<std::size_t>(what)].second; }

std::string_view user_columns() noexcept { return MB_USER_COLUMNS; }
std::string_view event_columns() noexcept { return MB_EVENT_COLUMNS; }
std::string_view attempt_columns() noexcept { return MB_ATTEMPT_COLUMNS; }
std::string_view anomaly_columns() noexcept { return MB_ANOMALY_COLUMNS; }

}  // namespace mb::sql
