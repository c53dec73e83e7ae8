#include "adapters/postgres/dialect.hpp"

#include <array>

// A step that was released is never changed: its checksum is recorded in every database where it ran. A change is a new step, of the
// same number and meaning as SQLite's.
namespace mb::postgres {
namespace {

/// What adapters/sqlite/migrations.cpp makes, with the types that PostgreSQL has for it: uuid, timestamptz, jsonb, bytea, boolean.
/// Text is compared by its bytes, as SQLite does.
constexpr std::string_view ground = R"sql(
CREATE TABLE mb_meta.users (
    id UUID NOT NULL PRIMARY KEY,
    email TEXT COLLATE "C" NOT NULL UNIQUE,
    username TEXT COLLATE "C" UNIQUE,
    display_name TEXT COLLATE "C",
    password_hash TEXT COLLATE "C",
    email_verified BOOLEAN NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('active', 'disabled')),
    locked_until TIMESTAMPTZ,
    failed_login_count BIGINT NOT NULL DEFAULT 0,
    mfa_enabled BOOLEAN NOT NULL DEFAULT FALSE,
    mfa_secret BYTEA,
    mfa_last_step BIGINT,
    roles JSONB NOT NULL,
    authz_version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    last_login_at TIMESTAMPTZ,
    deleted_at TIMESTAMPTZ
);
CREATE INDEX users_status ON mb_meta.users (status, id);
CREATE INDEX users_verified ON mb_meta.users (email_verified, id);

-- users.roles once more, so that the holders of a role are found by an index
CREATE TABLE mb_meta.user_roles (
    user_id UUID NOT NULL REFERENCES mb_meta.users (id) ON DELETE CASCADE,
    role TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (user_id, role)
);
CREATE INDEX user_roles_holders ON mb_meta.user_roles (role, user_id);

CREATE TABLE mb_meta.roles (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    description TEXT COLLATE "C" NOT NULL,
    permissions JSONB NOT NULL,
    built_in BOOLEAN NOT NULL,
    administers BOOLEAN NOT NULL
);

CREATE TABLE mb_meta.refresh_token_families (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES mb_meta.users (id),
    kid TEXT COLLATE "C" NOT NULL,
    current_jti UUID NOT NULL,
    prev_jti UUID,
    access_jti UUID NOT NULL,
    prev_access_jti UUID,
    rotated_at TIMESTAMPTZ,
    ip_hash TEXT COLLATE "C" NOT NULL,
    user_agent TEXT COLLATE "C" NOT NULL,
    device_id UUID,
    amr TEXT COLLATE "C",
    auth_time TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ,
    revoked_reason TEXT COLLATE "C"
);
CREATE UNIQUE INDEX families_access ON mb_meta.refresh_token_families (access_jti);
CREATE INDEX families_previous_access ON mb_meta.refresh_token_families (prev_access_jti) WHERE prev_access_jti IS NOT NULL;
CREATE INDEX families_owner ON mb_meta.refresh_token_families (user_id, id);
CREATE INDEX families_expiry ON mb_meta.refresh_token_families (expires_at);
CREATE INDEX families_revocation ON mb_meta.refresh_token_families (revoked_at) WHERE revoked_at IS NOT NULL;

CREATE TABLE mb_meta.email_tokens (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES mb_meta.users (id),
    type TEXT COLLATE "C" NOT NULL CHECK (type IN ('VERIFY_EMAIL', 'PASSWORD_RESET', 'MAGIC_LINK')),
    secret_hash BYTEA NOT NULL CHECK (length(secret_hash) = 32),
    expires_at TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    ip_hash TEXT COLLATE "C" NOT NULL,
    user_agent TEXT COLLATE "C" NOT NULL,
    used_at TIMESTAMPTZ,
    used_from_ip_hash TEXT COLLATE "C",
    used_from_user_agent TEXT COLLATE "C",
    is_blocked BOOLEAN NOT NULL DEFAULT FALSE,
    blocked_at TIMESTAMPTZ,
    blocked_reason TEXT COLLATE "C",
    failed_attempts BIGINT NOT NULL DEFAULT 0,
    max_attempts BIGINT NOT NULL DEFAULT 3,
    last_attempt_at TIMESTAMPTZ,
    cooldown_until TIMESTAMPTZ,
    request_source TEXT COLLATE "C" NOT NULL DEFAULT 'web' CHECK (request_source IN ('web', 'mobile', 'api')),
    email_sent BOOLEAN NOT NULL DEFAULT FALSE,
    email_sent_at TIMESTAMPTZ,
    validation_count BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX email_tokens_newest ON mb_meta.email_tokens (user_id, type, created_at, id);
CREATE INDEX email_tokens_expiry ON mb_meta.email_tokens (expires_at);

CREATE TABLE mb_meta.lockout_counters (
    identity_pseudonym TEXT COLLATE "C" NOT NULL,
    device_id TEXT COLLATE "C" NOT NULL,
    failures BIGINT NOT NULL,
    locked_until TIMESTAMPTZ,
    expires_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (identity_pseudonym, device_id)
);
CREATE INDEX lockout_counters_expiry ON mb_meta.lockout_counters (expires_at);

CREATE TABLE mb_meta.jwt_signing_keys (
    kid TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    purpose TEXT COLLATE "C" NOT NULL DEFAULT 'tokens',
    algorithm TEXT COLLATE "C" NOT NULL DEFAULT 'HS256',
    secret BYTEA NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('standby', 'active', 'retired')),
    created_at TIMESTAMPTZ NOT NULL,
    activated_at TIMESTAMPTZ,
    retired_at TIMESTAMPTZ,
    expires_at TIMESTAMPTZ
);
CREATE INDEX jwt_signing_keys_expiry ON mb_meta.jwt_signing_keys (expires_at) WHERE expires_at IS NOT NULL;

-- Only ever added to, and kept when a user goes: no foreign keys, and one index, because each request that changes something adds a row.
-- A partition for each month, made ahead; what finds none goes to the default one.
CREATE TABLE mb_meta.audit_logs (
    log_id UUID NOT NULL,
    user_id UUID,
    actor_id UUID,
    event_type TEXT COLLATE "C" NOT NULL,
    severity TEXT COLLATE "C" NOT NULL CHECK (severity IN ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')),
    ip_hash TEXT COLLATE "C",
    user_agent TEXT COLLATE "C" NOT NULL,
    correlation_id UUID NOT NULL,
    endpoint TEXT COLLATE "C" NOT NULL,
    http_method TEXT COLLATE "C" NOT NULL,
    status_code BIGINT NOT NULL,
    response_time_ms BIGINT NOT NULL,
    country_code TEXT COLLATE "C",
    risk_score BIGINT,
    details TEXT COLLATE "C",
    metadata JSONB NOT NULL,
    timestamp TIMESTAMPTZ NOT NULL,
    prev_digest BYTEA,
    digest BYTEA
) PARTITION BY RANGE ("timestamp");
CREATE TABLE mb_meta.audit_logs_default PARTITION OF mb_meta.audit_logs DEFAULT;
CREATE UNIQUE INDEX audit_logs_time ON mb_meta.audit_logs (timestamp, log_id);

CREATE TABLE mb_meta.login_attempts (
    attempt_id UUID NOT NULL,
    user_id UUID,
    username TEXT COLLATE "C",
    email_pseudonym TEXT COLLATE "C" NOT NULL,
    ip_hash TEXT COLLATE "C",
    country_code TEXT COLLATE "C",
    session_id UUID,
    device_fingerprint TEXT COLLATE "C",
    risk_score BIGINT,
    is_suspicious BOOLEAN NOT NULL DEFAULT FALSE,
    successful BOOLEAN NOT NULL,
    failure_reason TEXT COLLATE "C" NOT NULL,
    user_agent TEXT COLLATE "C" NOT NULL,
    attempt_time TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX login_attempts_time ON mb_meta.login_attempts (attempt_time, attempt_id);

CREATE TABLE mb_meta.outbox (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('mail', 'webhook', 'invalidation')),
    payload BYTEA NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    created_at TIMESTAMPTZ NOT NULL,
    next_attempt_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    sent_at TIMESTAMPTZ,
    failed_at TIMESTAMPTZ,
    last_error TEXT COLLATE "C"
);
CREATE INDEX outbox_waiting ON mb_meta.outbox (created_at, id, next_attempt_at, expires_at) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_time ON mb_meta.outbox (created_at, id);
CREATE INDEX outbox_expiry ON mb_meta.outbox (expires_at);

CREATE TABLE mb_meta.epoch (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO mb_meta.epoch (name, value) VALUES ('catalogue', 0), ('number', 0), ('restored', 0);

CREATE TABLE mb_meta.entities (
    id UUID NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    display_name TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    created_by UUID
);

CREATE TABLE mb_meta.fields (
    id UUID NOT NULL PRIMARY KEY,
    entity_id UUID NOT NULL REFERENCES mb_meta.entities (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    number BIGINT NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    display_name TEXT COLLATE "C" NOT NULL,
    type TEXT COLLATE "C" NOT NULL,
    is_required BOOLEAN NOT NULL,
    is_unique BOOLEAN NOT NULL,
    is_indexed BOOLEAN NOT NULL,
    min_length BIGINT,
    max_length BIGINT,
    min_value TEXT COLLATE "C",
    max_value TEXT COLLATE "C",
    digits BIGINT NOT NULL,
    scale BIGINT NOT NULL,
    pattern TEXT COLLATE "C",
    fallback TEXT COLLATE "C",
    UNIQUE (entity_id, name),
    UNIQUE (entity_id, position)
);

CREATE TABLE mb_meta.options (
    field_id UUID NOT NULL REFERENCES mb_meta.fields (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    position BIGINT NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    label TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (field_id, position),
    UNIQUE (field_id, number)
);

-- What was done to tables of records. Written in the transaction that does it, so a row means that it was done.
CREATE TABLE mb_meta.ddl_journal (
    entry BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entity_id UUID NOT NULL,
    revision BIGINT NOT NULL,
    step BIGINT NOT NULL,
    statement TEXT COLLATE "C" NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL
);

-- Makes the partitions of this month and of so many after it. A month of which the default partition holds rows already stays there.
CREATE FUNCTION mb_meta.prepare_audit_partitions(months_ahead INTEGER) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = mb_meta, pg_temp AS $body$
DECLARE
    first TIMESTAMPTZ;
    name TEXT;
BEGIN
    FOR ahead IN 0..months_ahead LOOP
        first := (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead)) AT TIME ZONE 'UTC';
        name := 'audit_logs_' || to_char(first AT TIME ZONE 'UTC', 'YYYY_MM');
        CONTINUE WHEN to_regclass('mb_meta.' || name) IS NOT NULL;
        CONTINUE WHEN EXISTS (SELECT 1 FROM mb_meta.audit_logs_default d WHERE d.timestamp >= first AND d.timestamp < first + interval '1 month');
        EXECUTE format('CREATE TABLE mb_meta.%I PARTITION OF mb_meta.audit_logs FOR VALUES FROM (%L) TO (%L)', name, first,
                       (first AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC');
    END LOOP;
END
$body$;

CREATE SCHEMA IF NOT EXISTS mb_data;
)sql";

/// Keys that programs carry.
constexpr std::string_view api_keys = R"sql(
CREATE TABLE mb_meta.api_keys (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES mb_meta.users (id),
    name TEXT COLLATE "C" NOT NULL,
    key_prefix TEXT COLLATE "C" NOT NULL,
    key_hash BYTEA NOT NULL UNIQUE CHECK (length(key_hash) = 32),
    scopes JSONB NOT NULL,
    expires_at TIMESTAMPTZ,
    last_used_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX api_keys_owner ON mb_meta.api_keys (user_id, id);
)sql";

/// Classic sessions.
constexpr std::string_view sessions = R"sql(
CREATE TABLE mb_meta.sessions (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES mb_meta.users (id),
    token_hash BYTEA NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    ip_hash TEXT COLLATE "C" NOT NULL,
    user_agent TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ,
    revoked_reason TEXT COLLATE "C"
);
CREATE INDEX sessions_owner ON mb_meta.sessions (user_id);
CREATE INDEX sessions_expiry ON mb_meta.sessions (expires_at);
CREATE INDEX sessions_revocation ON mb_meta.sessions (revoked_at) WHERE revoked_at IS NOT NULL;
)sql";

/// How far back events and login attempts still say whom they are about. The application may not change those rows; it may forget in them
/// who is asked to be forgotten, through functions that do nothing else.
constexpr std::string_view anonymised = R"sql(
INSERT INTO mb_meta.epoch (name, value) VALUES ('anonymised_events', 0), ('anonymised_attempts', 0);

CREATE FUNCTION mb_meta.erase_events(who UUID) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = mb_meta, pg_temp AS $body$
    UPDATE mb_meta.audit_logs SET user_id = NULL, ip_hash = NULL, user_agent = '' WHERE user_id = who
$body$;
CREATE FUNCTION mb_meta.erase_actor(who UUID) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = mb_meta, pg_temp AS $body$
    UPDATE mb_meta.audit_logs SET actor_id = NULL, ip_hash = NULL, user_agent = '' WHERE actor_id = who
$body$;
CREATE FUNCTION mb_meta.erase_attempts(who UUID) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = mb_meta, pg_temp AS $body$
    UPDATE mb_meta.login_attempts SET user_id = NULL, username = NULL, email_pseudonym = '', ip_hash = NULL, session_id = NULL,
        device_fingerprint = NULL, user_agent = '' WHERE user_id = who
$body$;
CREATE FUNCTION mb_meta.anonymise_events(above TIMESTAMPTZ, until TIMESTAMPTZ) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = mb_meta, pg_temp AS $body$
    UPDATE mb_meta.audit_logs SET user_id = NULL, actor_id = NULL, ip_hash = NULL, user_agent = '' WHERE timestamp > above AND timestamp <= until
$body$;
CREATE FUNCTION mb_meta.anonymise_attempts(above TIMESTAMPTZ, until TIMESTAMPTZ) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = mb_meta, pg_temp AS $body$
    UPDATE mb_meta.login_attempts SET user_id = NULL, username = NULL, email_pseudonym = '', ip_hash = NULL, session_id = NULL,
        device_fingerprint = NULL, user_agent = '' WHERE attempt_time > above AND attempt_time <= until
$body$;
)sql";

/// So that of two administrators who change one role at once the second is told.
constexpr std::string_view role_versions = R"sql(
ALTER TABLE mb_meta.roles ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
)sql";

/// Codes for a lost telephone. The rest of a second factor is columns of users that were there from the start.
constexpr std::string_view recovery_codes = R"sql(
CREATE TABLE mb_meta.mfa_recovery_codes (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES mb_meta.users (id),
    code_hash BYTEA NOT NULL CHECK (length(code_hash) = 32),
    created_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ
);
CREATE INDEX mfa_recovery_codes_owner ON mb_meta.mfa_recovery_codes (user_id, id);
)sql";

/// Seals of the audit log (ADR 33). The application adds them, and may do nothing else to them but forget their salts.
constexpr std::string_view audit_seals = R"sql(
CREATE TABLE mb_meta.audit_seals (
    number BIGINT NOT NULL PRIMARY KEY,
    through_time TIMESTAMPTZ NOT NULL,
    through_id UUID NOT NULL,
    sealed_at TIMESTAMPTZ NOT NULL,
    sealed_rows BYTEA NOT NULL,
    previous BYTEA NOT NULL CHECK (length(previous) = 32),
    digest BYTEA NOT NULL CHECK (length(digest) = 32),
    signature BYTEA NOT NULL CHECK (length(signature) = 32),
    salt BYTEA
);
ALTER TABLE mb_meta.audit_seals ALTER COLUMN sealed_rows SET STORAGE EXTERNAL;  -- digests don't compress
CREATE UNIQUE INDEX audit_seals_end ON mb_meta.audit_seals (through_time, through_id, number);
CREATE INDEX audit_seals_salted ON mb_meta.audit_seals (through_time) WHERE salt IS NOT NULL;

CREATE FUNCTION mb_meta.forget_audit_salts(until TIMESTAMPTZ) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = mb_meta, pg_temp AS $body$
    UPDATE mb_meta.audit_seals SET salt = NULL WHERE through_time <= until AND salt IS NOT NULL
$body$;
)sql";

/// Failures that locks don't end (security.md section 6.3). What is there already ends as it was going to.
constexpr std::string_view failures_in_a_row = R"sql(
ALTER TABLE mb_meta.lockout_counters ADD COLUMN failures_in_a_row BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mb_meta.lockout_counters ADD COLUMN window_ends_at TIMESTAMPTZ NOT NULL DEFAULT TIMESTAMPTZ 'epoch';
UPDATE mb_meta.lockout_counters SET failures_in_a_row = failures, window_ends_at = expires_at;
)sql";

/// From where and when somebody usually logs in (habits.hpp).
constexpr std::string_view login_habits = R"sql(
ALTER TABLE mb_meta.users ADD COLUMN login_habits TEXT COLLATE "C";
)sql";

/// What the rules of the anomaly watch found.
constexpr std::string_view anomalies = R"sql(
CREATE TABLE mb_meta.anomalies (
    id UUID NOT NULL PRIMARY KEY,
    type TEXT COLLATE "C" NOT NULL,
    severity TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    user_id UUID REFERENCES mb_meta.users (id),
    window_from TIMESTAMPTZ NOT NULL,
    window_until TIMESTAMPTZ NOT NULL,
    figures JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    reviewed_at TIMESTAMPTZ,
    reviewed_by UUID REFERENCES mb_meta.users (id)
);
CREATE UNIQUE INDEX anomalies_time ON mb_meta.anomalies (created_at, id);
CREATE INDEX anomalies_open ON mb_meta.anomalies (type, subject, window_until);
CREATE INDEX anomalies_owner ON mb_meta.anomalies (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX anomalies_reviewer ON mb_meta.anomalies (reviewed_by) WHERE reviewed_by IS NOT NULL;
CREATE INDEX anomalies_known ON mb_meta.anomalies (created_at) WHERE subject <> '' OR user_id IS NOT NULL;
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

}  // namespace mb::postgres
