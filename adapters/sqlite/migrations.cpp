#include "adapters/sqlite/dialect.hpp"

#include <array>

// A step that was released is never changed: its checksum is recorded in every database where it ran. A change is a new step.
namespace mb::sqlite {
namespace {

/// Identity, audit and operations (data-model.md), and the definitions of dynamic entities (entities.md section 2.1).
/// Columns that no code writes yet belong to flows to come; they cost a byte a row.
constexpr std::string_view ground = R"sql(
PRAGMA application_id = 1298494530;

CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    email TEXT NOT NULL UNIQUE,
    username TEXT UNIQUE,
    display_name TEXT,
    password_hash TEXT,
    email_verified INTEGER NOT NULL CHECK (email_verified IN (0, 1)),
    status TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
    locked_until INTEGER,
    failed_login_count INTEGER NOT NULL DEFAULT 0,
    mfa_enabled INTEGER NOT NULL DEFAULT 0 CHECK (mfa_enabled IN (0, 1)),
    mfa_secret BLOB,
    mfa_last_step INTEGER,
    roles TEXT NOT NULL,
    authz_version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    last_login_at INTEGER,
    deleted_at INTEGER
) STRICT;
CREATE INDEX users_status ON users (status, id);
CREATE INDEX users_verified ON users (email_verified, id);

-- users.roles once more, so that the holders of a role are found by an index
CREATE TABLE user_roles (
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    PRIMARY KEY (user_id, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_roles_holders ON user_roles (role, user_id);

CREATE TABLE roles (
    name TEXT NOT NULL PRIMARY KEY,
    description TEXT NOT NULL,
    permissions TEXT NOT NULL,
    built_in INTEGER NOT NULL CHECK (built_in IN (0, 1)),
    administers INTEGER NOT NULL CHECK (administers IN (0, 1))
) STRICT;

CREATE TABLE refresh_token_families (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id),
    kid TEXT NOT NULL,
    current_jti BLOB NOT NULL CHECK (length(current_jti) = 16),
    prev_jti BLOB,
    access_jti BLOB NOT NULL CHECK (length(access_jti) = 16),
    prev_access_jti BLOB,
    rotated_at INTEGER,
    ip_hash TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    device_id BLOB,
    amr TEXT,
    auth_time INTEGER,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    revoked_reason TEXT
) STRICT;
CREATE UNIQUE INDEX families_access ON refresh_token_families (access_jti);
CREATE INDEX families_previous_access ON refresh_token_families (prev_access_jti) WHERE prev_access_jti IS NOT NULL;
CREATE INDEX families_owner ON refresh_token_families (user_id, id);
CREATE INDEX families_expiry ON refresh_token_families (expires_at);
CREATE INDEX families_revocation ON refresh_token_families (revoked_at) WHERE revoked_at IS NOT NULL;

CREATE TABLE email_tokens (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id),
    type TEXT NOT NULL CHECK (type IN ('VERIFY_EMAIL', 'PASSWORD_RESET', 'MAGIC_LINK')),
    secret_hash BLOB NOT NULL CHECK (length(secret_hash) = 32),
    expires_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    ip_hash TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    used_at INTEGER,
    used_from_ip_hash TEXT,
    used_from_user_agent TEXT,
    is_blocked INTEGER NOT NULL DEFAULT 0 CHECK (is_blocked IN (0, 1)),
    blocked_at INTEGER,
    blocked_reason TEXT,
    failed_attempts INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER NOT NULL DEFAULT 3,
    last_attempt_at INTEGER,
    cooldown_until INTEGER,
    request_source TEXT NOT NULL DEFAULT 'web' CHECK (request_source IN ('web', 'mobile', 'api')),
    email_sent INTEGER NOT NULL DEFAULT 0 CHECK (email_sent IN (0, 1)),
    email_sent_at INTEGER,
    validation_count INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX email_tokens_newest ON email_tokens (user_id, type, created_at, id);
CREATE INDEX email_tokens_expiry ON email_tokens (expires_at);

CREATE TABLE lockout_counters (
    identity_pseudonym TEXT NOT NULL,
    device_id TEXT NOT NULL,
    failures INTEGER NOT NULL,
    locked_until INTEGER,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (identity_pseudonym, device_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX lockout_counters_expiry ON lockout_counters (expires_at);

CREATE TABLE jwt_signing_keys (
    kid TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL DEFAULT 'tokens',
    algorithm TEXT NOT NULL DEFAULT 'HS256',
    secret BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('standby', 'active', 'retired')),
    created_at INTEGER NOT NULL,
    activated_at INTEGER,
    retired_at INTEGER,
    expires_at INTEGER
) STRICT;
CREATE INDEX jwt_signing_keys_expiry ON jwt_signing_keys (expires_at) WHERE expires_at IS NOT NULL;

-- Only ever added to, and kept when a user goes: no foreign keys, and one index, because each request that changes something adds a row.
CREATE TABLE audit_logs (
    log_id BLOB NOT NULL CHECK (length(log_id) = 16),
    user_id BLOB,
    actor_id BLOB,
    event_type TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')),
    ip_hash TEXT,
    user_agent TEXT NOT NULL,
    correlation_id BLOB NOT NULL,
    endpoint TEXT NOT NULL,
    http_method TEXT NOT NULL,
    status_code INTEGER NOT NULL,
    response_time_ms INTEGER NOT NULL,
    country_code TEXT,
    risk_score INTEGER,
    details TEXT,
    metadata TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    prev_digest BLOB,
    digest BLOB
) STRICT;
CREATE UNIQUE INDEX audit_logs_time ON audit_logs (timestamp, log_id);

CREATE TABLE login_attempts (
    attempt_id BLOB NOT NULL CHECK (length(attempt_id) = 16),
    user_id BLOB,
    username TEXT,
    email_pseudonym TEXT NOT NULL,
    ip_hash TEXT,
    country_code TEXT,
    session_id BLOB,
    device_fingerprint TEXT,
    risk_score INTEGER,
    is_suspicious INTEGER NOT NULL DEFAULT 0 CHECK (is_suspicious IN (0, 1)),
    successful INTEGER NOT NULL CHECK (successful IN (0, 1)),
    failure_reason TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    attempt_time INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX login_attempts_time ON login_attempts (attempt_time, attempt_id);

CREATE TABLE outbox (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('mail', 'webhook', 'invalidation')),
    payload BLOB NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    sent_at INTEGER,
    failed_at INTEGER,
    last_error TEXT
) STRICT;
CREATE INDEX outbox_waiting ON outbox (created_at, id, next_attempt_at, expires_at) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_time ON outbox (created_at, id);
CREATE INDEX outbox_expiry ON outbox (expires_at);

CREATE TABLE epoch (
    name TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO epoch (name, value) VALUES ('catalogue', 0), ('number', 0), ('restored', 0);

CREATE TABLE mb_meta_entities (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    number INTEGER NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    description TEXT NOT NULL,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    created_by BLOB
) STRICT;

CREATE TABLE mb_meta_fields (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    entity_id BLOB NOT NULL REFERENCES mb_meta_entities (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    number INTEGER NOT NULL UNIQUE,
    name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    type TEXT NOT NULL,
    is_required INTEGER NOT NULL CHECK (is_required IN (0, 1)),
    is_unique INTEGER NOT NULL CHECK (is_unique IN (0, 1)),
    is_indexed INTEGER NOT NULL CHECK (is_indexed IN (0, 1)),
    min_length INTEGER,
    max_length INTEGER,
    min_value TEXT,
    max_value TEXT,
    digits INTEGER NOT NULL,
    scale INTEGER NOT NULL,
    pattern TEXT,
    fallback TEXT,
    UNIQUE (entity_id, name),
    UNIQUE (entity_id, position)
) STRICT;

CREATE TABLE mb_meta_options (
    field_id BLOB NOT NULL REFERENCES mb_meta_fields (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    position INTEGER NOT NULL,
    value TEXT NOT NULL,
    label TEXT NOT NULL,
    PRIMARY KEY (field_id, position),
    UNIQUE (field_id, number)
) STRICT, WITHOUT ROWID;

-- What was done to tables of records. Written in the transaction that does it, so a row means that it was done.
CREATE TABLE ddl_journal (
    entry INTEGER PRIMARY KEY,
    entity_id BLOB NOT NULL,
    revision INTEGER NOT NULL,
    step INTEGER NOT NULL,
    statement TEXT NOT NULL,
    applied_at INTEGER NOT NULL
) STRICT;
)sql";

/// Keys that programs carry (data-model.md, api_keys).
constexpr std::string_view api_keys = R"sql(
CREATE TABLE api_keys (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    key_prefix TEXT NOT NULL,
    key_hash BLOB NOT NULL UNIQUE CHECK (length(key_hash) = 32),
    scopes TEXT NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER,
    revoked_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX api_keys_owner ON api_keys (user_id, id);
)sql";

/// Classic sessions (data-model.md, sessions).
constexpr std::string_view sessions = R"sql(
CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id),
    token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    ip_hash TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    revoked_reason TEXT
) STRICT;
CREATE INDEX sessions_owner ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);
CREATE INDEX sessions_revocation ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;
)sql";

/// How far back events and login attempts still say whom they are about.
constexpr std::string_view anonymised = R"sql(
INSERT INTO epoch (name, value) VALUES ('anonymised_events', 0), ('anonymised_attempts', 0);
)sql";

/// So that of two administrators who change one role at once the second is told.
constexpr std::string_view role_versions = R"sql(
ALTER TABLE roles ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
)sql";

/// Codes for a lost telephone (data-model.md, mfa_recovery_codes). The rest of a second factor is columns of users that were there from the start.
constexpr std::string_view recovery_codes = R"sql(
CREATE TABLE mfa_recovery_codes (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id),
    code_hash BLOB NOT NULL CHECK (length(code_hash) = 32),
    created_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE INDEX mfa_recovery_codes_owner ON mfa_recovery_codes (user_id, id);
)sql";

/// Seals of the audit log (ADR 33).
constexpr std::string_view audit_seals = R"sql(
CREATE TABLE audit_seals (
    number INTEGER NOT NULL PRIMARY KEY,
    through_time INTEGER NOT NULL,
    through_id BLOB NOT NULL CHECK (length(through_id) = 16),
    sealed_at INTEGER NOT NULL,
    sealed_rows BLOB NOT NULL,
    previous BLOB NOT NULL CHECK (length(previous) = 32),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    signature BLOB NOT NULL CHECK (length(signature) = 32),
    salt BLOB
) STRICT;
CREATE UNIQUE INDEX audit_seals_end ON audit_seals (through_time, through_id, number);
CREATE INDEX audit_seals_salted ON audit_seals (through_time) WHERE salt IS NOT NULL;
)sql";

/// Failures that locks don't end (security.md section 6.3). What is there already ends as it was going to.
constexpr std::string_view failures_in_a_row = R"sql(
ALTER TABLE lockout_counters ADD COLUMN failures_in_a_row INTEGER NOT NULL DEFAULT 0;
ALTER TABLE lockout_counters ADD COLUMN window_ends_at INTEGER NOT NULL DEFAULT 0;
UPDATE lockout_counters SET failures_in_a_row = failures, window_ends_at = expires_at;
)sql";

/// From where and when somebody usually logs in (habits.hpp).
constexpr std::string_view login_habits = R"sql(
ALTER TABLE users ADD COLUMN login_habits TEXT;
)sql";

/// What the rules of the anomaly watch found (data-model.md, anomalies).
constexpr std::string_view anomalies = R"sql(
CREATE TABLE anomalies (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    type TEXT NOT NULL,
    severity TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id BLOB REFERENCES users (id),
    window_from INTEGER NOT NULL,
    window_until INTEGER NOT NULL,
    figures TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    reviewed_at INTEGER,
    reviewed_by BLOB REFERENCES users (id)
) STRICT;
CREATE UNIQUE INDEX anomalies_time ON anomalies (created_at, id);
CREATE INDEX anomalies_open ON anomalies (type, subject, window_until);
CREATE INDEX anomalies_owner ON anomalies (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX anomalies_reviewer ON anomalies (reviewed_by) WHERE reviewed_by IS NOT NULL;
CREATE INDEX anomalies_known ON anomalies (created_at) WHERE subject <> '' OR user_id IS NOT NULL;
)sql";

constexpr auto steps = std::to_array<sql::migration>({
    {1, "ground", ground},
    {2, "api keys", api_keys},
    {3, "sessions", sessions},
    {4, "anonymised", anonymised},
    {5, "role versions", role_versions},
    {6, "recovery codes", recovery_codes},
    {7, "audit seals", audit_seals},
    {8, "failures in a row", failures_in_a_row},
    {9, "login habits", login_habits},
    {10, "anomalies", anomalies},
});

}  // namespace

std::span<sql::migration const> dialect::migrations() const noexcept { return steps; }

}  // namespace mb::sqlite
