#include "adapters/http/handlers.hpp"
#include "adapters/http/route.hpp"

#include <algorithm>
#include <array>

namespace mb::http {
namespace {

constexpr std::size_t none = 0;
constexpr std::size_t credentials_bytes = 16 * 1024;
constexpr std::size_t default_bytes = 64 * 1024;
constexpr std::size_t record_bytes = 1024 * 1024;

using enum verb;
using enum audience;
using access::power;
constexpr auto usual = audit::event_type::permission_denied;
constexpr auto escalation = audit::event_type::escalation_attempted;

constexpr auto table = std::to_array<route>({
    // service
    {get, "/", everyone, lane_kind::here, rate_class::none, schema::nothing, schema::text, 200, none, show_index, "What runs here and how to begin",
     ""},
    {get, "/health", everyone, lane_kind::here, rate_class::none, schema::nothing, schema::health, 200, none, show_health,
     "Whether the process answers", ""},
    {get, "/api/v1/health/live", everyone, lane_kind::here, rate_class::none, schema::nothing, schema::health, 200, none, show_live,
     "Whether the process answers", ""},
    {get, "/api/v1/health/ready", everyone, lane_kind::point, rate_class::none, schema::nothing, schema::readiness, 200, none, show_ready,
     "Whether it can do its work; 503 while draining", ""},
    {get, "/metrics", everyone, lane_kind::here, rate_class::none, schema::nothing, schema::text, 200, none, show_metrics,
     "Prometheus text, for loopback or the bearer of METRICS_TOKEN", ""},
    {get, "/openapi.json", everyone, lane_kind::here, rate_class::none, schema::nothing, schema::anything, 200, none, show_openapi, "This contract",
     ""},
    {get, "/api-docs", everyone, lane_kind::here, rate_class::none, schema::nothing, schema::text, 200, none, show_api_docs,
     "This contract, as a page", ""},
    {get, "/assets/pages.css", everyone, lane_kind::here, rate_class::none, schema::nothing, schema::text, 200, none, show_stylesheet,
     "The look of the pages", ""},
    {get, "/assets/api-docs.js", everyone, lane_kind::here, rate_class::none, schema::nothing, schema::text, 200, none, show_api_docs_script,
     "The script of /api-docs", ""},
    {get, "/assets/link-form.js", everyone, lane_kind::here, rate_class::none, schema::nothing, schema::text, 200, none, show_link_form_script,
     "The script of the pages that mails lead to", ""},

    // accounts
    {post, "/api/v1/auth/register", everyone, lane_kind::hash, rate_class::credentials, schema::registration, schema::message, 201, credentials_bytes,
     register_account, "Open an account; the answer is the same for a known address", ""},
    {get, "/api/v1/auth/verify-email", everyone, lane_kind::write, rate_class::credentials, schema::nothing, schema::message, 200, none, verify_email,
     "Verify an address with the token that was mailed", "token"},
    {post, "/api/v1/auth/verify-email", everyone, lane_kind::write, rate_class::credentials, schema::nothing, schema::message, 200, none,
     verify_email, "Verify an address with the token that was mailed", "token"},
    {post, "/api/v1/auth/resend-verification", everyone, lane_kind::write, rate_class::credentials, schema::email_only, schema::message, 200,
     credentials_bytes, resend_verification, "Ask for another verification mail; always the same answer", ""},
    {post, "/api/v1/auth/login", everyone, lane_kind::hash, rate_class::credentials, schema::credentials, schema::login_answer, 200,
     credentials_bytes, log_in, "Log in with a password; where there is a second factor, the first of two steps", ""},
    {post, "/api/v1/auth/logout", refresh_cookie, lane_kind::write, rate_class::normal, schema::nothing, schema::nothing, 204, none, log_out,
     "End this session", ""},
    {post, "/api/v1/auth/forgot-password", everyone, lane_kind::write, rate_class::credentials, schema::email_only, schema::message, 200,
     credentials_bytes, forgot_password, "Ask for a link that sets a new password; always the same answer", ""},
    {get, "/api/v1/auth/reset-password", everyone, lane_kind::write, rate_class::credentials, schema::nothing, schema::message, 200, none,
     check_reset, "Whether a reset link is good, or for a browser the page that asks for the new password; uses nothing up", "token"},
    {post, "/api/v1/auth/reset-password", everyone, lane_kind::hash, rate_class::credentials, schema::password_reset, schema::message, 200,
     credentials_bytes, reset_password, "Set a new password with the token that was mailed; every session ends", ""},
    {patch, "/api/v1/user/password", authenticated, lane_kind::hash, rate_class::credentials, schema::password_change, schema::message, 200,
     credentials_bytes, change_password, "Set a new password; every session but this one ends", "", power::password, usual, fresh_proof::wanted},
    {get, "/api/v1/user/me", authenticated, lane_kind::point, rate_class::normal, schema::nothing, schema::user, 200, none, show_me,
     "The caller's own account", "", power::account},
    {patch, "/api/v1/user/me", authenticated, lane_kind::write, rate_class::normal, schema::profile_change, schema::user, 200, default_bytes,
     change_me, "Change the caller's own account", "", power::account},

    {remove, "/api/v1/user/me", authenticated, lane_kind::write, rate_class::normal, schema::nothing, schema::nothing, 204, none, erase_me,
     "Erase the caller's account, for good", "", power::none, usual, fresh_proof::wanted},
    {get, "/api/v1/user/me/data", authenticated, lane_kind::write, rate_class::normal, schema::nothing, schema::own_data, 200, none, show_my_data,
     "Everything that is stored about the caller", "", power::account},

    // tokens and sessions
    {post, "/api/v1/jwt/refresh", refresh_cookie, lane_kind::write, rate_class::normal, schema::nothing, schema::tokens, 200, none, refresh,
     "Spend the refresh token for a new pair", ""},
    {get, "/api/v1/jwt/sessions", authenticated, lane_kind::read, rate_class::normal, schema::nothing, schema::session_page, 200, none, list_sessions,
     "The caller's active sessions", "limit cursor", power::account},
    {remove, "/api/v1/jwt/sessions/{familyId}", authenticated, lane_kind::write, rate_class::normal, schema::nothing, schema::nothing, 204, none,
     revoke_session, "End one of the caller's sessions", "", power::account},
    {post, "/api/v1/jwt/logout-all", authenticated, lane_kind::write, rate_class::normal, schema::nothing, schema::revoked_count, 200, none,
     log_out_everywhere, "End every session of the caller", "", power::account},

    // other ways in
    {get, "/api/v1/basic/protected", basic, lane_kind::hash, rate_class::credentials, schema::nothing, schema::user, 200, none, show_basic,
     "The caller's account, for a name and a password with the request (RFC 7617)", ""},
    {post, "/api/v1/session/login", everyone, lane_kind::hash, rate_class::credentials, schema::credentials, schema::session_login_answer, 200,
     credentials_bytes, open_session, "Begin a classic session; its cookie is all there is", ""},
    {get, "/api/v1/session/protected", session_cookie, lane_kind::read, rate_class::normal, schema::nothing, schema::user, 200, none, show_session,
     "The account of a classic session", ""},
    {post, "/api/v1/session/logout", session_cookie, lane_kind::write, rate_class::normal, schema::nothing, schema::nothing, 204, none, close_session,
     "End a classic session", ""},
    {post, "/api/v1/magic/send", everyone, lane_kind::write, rate_class::credentials, schema::email_only, schema::message, 200, credentials_bytes,
     send_magic_link, "Ask for a link that logs in; always the same answer", ""},
    {get, "/api/v1/magic/verify", everyone, lane_kind::write, rate_class::credentials, schema::nothing, schema::login_answer, 200, none,
     log_in_by_link, "Log in with the token that was mailed, where JSON is accepted; else a page that asks first", "token"},
    {post, "/api/v1/magic/verify", everyone, lane_kind::write, rate_class::credentials, schema::nothing, schema::login_answer, 200, none,
     log_in_by_link, "Log in with the token that was mailed", "token"},

    // second factors
    {post, "/api/v1/mfa/setup", authenticated, lane_kind::write, rate_class::normal, schema::nothing, schema::factor_offer, 200, none, set_up_factor,
     "Draw a key for an app that makes codes; nothing changes before a code is shown", ""},
    {post, "/api/v1/mfa/enable", authenticated, lane_kind::write, rate_class::credentials, schema::factor_code, schema::recovery_codes, 200,
     credentials_bytes, enable_factor, "Turn the second factor on with a first code; the recovery codes are shown once", "", power::none, usual,
     fresh_proof::wanted},
    {post, "/api/v1/mfa/disable", authenticated, lane_kind::write, rate_class::normal, schema::nothing, schema::message, 200, none, disable_factor,
     "Turn the second factor off", "", power::none, usual, fresh_proof::wanted},
    {post, "/api/v1/mfa/verify", everyone, lane_kind::write, rate_class::credentials, schema::factor_verification, schema::second_step_answer, 200,
     credentials_bytes, verify_factor, "The second step of a login: a code, or a recovery code", ""},
    {post, "/api/v1/mfa/step-up", authenticated, lane_kind::hash, rate_class::credentials, schema::step_up_proof, schema::step_up_token, 200,
     credentials_bytes, step_up, "Show again who you are, for a token that lives ten minutes in this session", ""},
    {get, "/api/v1/mfa/recovery-codes", authenticated, lane_kind::read, rate_class::normal, schema::nothing, schema::recovery_count, 200, none,
     count_recovery_codes, "How many recovery codes are used and left", "", power::none, usual, fresh_proof::wanted},
    {post, "/api/v1/mfa/recovery-codes", authenticated, lane_kind::write, rate_class::normal, schema::nothing, schema::recovery_codes, 200, none,
     renew_recovery_codes, "Make a fresh set of recovery codes; it is shown once, and the old one is void", "", power::none, usual,
     fresh_proof::wanted},

    // API keys
    {post, "/api/v1/keys", authenticated, lane_kind::write, rate_class::normal, schema::new_api_key, schema::made_api_key, 201, default_bytes,
     make_api_key, "Make an API key; it is shown once", "", power::keys, usual, fresh_proof::of_factor},
    {get, "/api/v1/keys", authenticated, lane_kind::read, rate_class::normal, schema::nothing, schema::api_key_page, 200, none, list_api_keys,
     "The caller's API keys", "limit cursor", power::keys},
    {post, "/api/v1/keys/{id}/revoke", authenticated, lane_kind::write, rate_class::normal, schema::nothing, schema::api_key, 200, none,
     revoke_api_key, "End an API key", "", power::keys},

    // administration
    {post, "/api/v1/admin/keys/rotate", admin, lane_kind::write, rate_class::normal, schema::nothing, schema::signing_key, 201, none, rotate_key,
     "Make a new signing key; the old one still verifies", "", power::administer, usual, fresh_proof::of_factor},
    {get, "/api/v1/admin/keys", admin, lane_kind::read, rate_class::normal, schema::nothing, schema::signing_key_list, 200, none, list_keys,
     "Signing keys", "", power::administer},
    {get, "/api/v1/admin/users", admin, lane_kind::read, rate_class::normal, schema::nothing, schema::user_page, 200, none, list_users, "Accounts",
     "role status verified q limit cursor", power::administer},
    {get, "/api/v1/admin/users/{id}", admin, lane_kind::read, rate_class::normal, schema::nothing, schema::user, 200, none, show_user, "One account",
     "", power::administer},
    {patch, "/api/v1/admin/users/{id}", admin, lane_kind::write, rate_class::normal, schema::user_change, schema::user, 200, default_bytes,
     change_user, "Change roles or state of an account", "", power::administer, escalation, fresh_proof::of_factor},
    {remove, "/api/v1/admin/users/{id}", admin, lane_kind::write, rate_class::normal, schema::nothing, schema::nothing, 204, none, erase_user,
     "Erase an account, for good", "", power::administer, usual, fresh_proof::of_factor},
    {post, "/api/v1/admin/users/{id}/unlock", admin, lane_kind::write, rate_class::normal, schema::nothing, schema::message, 200, none, unlock_user,
     "Lift a lockout", "", power::administer, usual, fresh_proof::of_factor},

    {get, "/api/v1/admin/audit", admin, lane_kind::read, rate_class::normal, schema::nothing, schema::event_page, 200, none, list_events,
     "The audit log, newest first; a page may be short and not the last", "event severity user_id ip_hash correlation_id from to limit cursor",
     power::administer},
    {get, "/api/v1/admin/audit/export", admin, lane_kind::write, rate_class::normal, schema::nothing, schema::event_file, 200, none, export_events,
     "The same as CSV or NDJSON, up to 10,000 rows; Next-Cursor tells where to go on",
     "event severity user_id ip_hash correlation_id from to limit cursor format", power::administer},
    {get, "/api/v1/admin/login-attempts", admin, lane_kind::read, rate_class::normal, schema::nothing, schema::attempt_page, 200, none, list_attempts,
     "Login attempts, newest first; a page may be short and not the last", "user_id ip_hash successful from to limit cursor", power::administer},
    {get, "/api/v1/admin/reports", admin, lane_kind::read, rate_class::normal, schema::nothing, schema::report_list, 200, none, list_reports,
     "Questions about the audit log that have an answer", "", power::administer},
    {get, "/api/v1/admin/reports/{name}", admin, lane_kind::read, rate_class::normal, schema::nothing, schema::report, 200, none, show_report,
     "The answer to one of them", "from to target_ms", power::administer},
    {get, "/api/v1/admin/anomalies", admin, lane_kind::read, rate_class::normal, schema::nothing, schema::anomaly_page, 200, none, list_anomalies,
     "What the rules about attacks found, newest first; a page may be short and not the last", "type reviewed from to limit cursor",
     power::administer},
    {patch, "/api/v1/admin/anomalies/{id}", admin, lane_kind::write, rate_class::normal, schema::review, schema::anomaly, 200, default_bytes,
     review_anomaly, "Mark an anomaly as reviewed, or as not reviewed", "", power::administer, usual, fresh_proof::of_factor},
    {get, "/api/v1/admin/roles", admin, lane_kind::read, rate_class::normal, schema::nothing, schema::role_page, 200, none, list_roles, "Roles", "",
     power::administer},
    {post, "/api/v1/admin/roles", admin, lane_kind::write, rate_class::normal, schema::new_role, schema::role, 201, default_bytes, create_role,
     "Make a role: permissions are actions, on an entity where one is named, on the holder's own records where :own is behind", "", power::administer,
     escalation, fresh_proof::of_factor},
    {get, "/api/v1/admin/roles/{name}", admin, lane_kind::read, rate_class::normal, schema::nothing, schema::role, 200, none, show_role, "One role",
     "", power::administer},
    {put, "/api/v1/admin/roles/{name}", admin, lane_kind::write, rate_class::normal, schema::role_change, schema::role, 200, default_bytes,
     change_role, "Replace what a role allows; felt at the next request", "", power::administer, escalation, fresh_proof::of_factor},
    {remove, "/api/v1/admin/roles/{name}", admin, lane_kind::write, rate_class::normal, schema::nothing, schema::nothing, 204, none, delete_role,
     "Delete a role, and take it from its holders where confirmed", "confirm", power::administer, escalation, fresh_proof::of_factor},

    // entities and fields
    {get, "/api/v1/metadata/entities", admin, lane_kind::read, rate_class::normal, schema::nothing, schema::entity_page, 200, none, list_entities,
     "Entities", "limit cursor", power::administer},
    {post, "/api/v1/metadata/entities", admin, lane_kind::write, rate_class::normal, schema::entity, schema::entity, 201, default_bytes,
     create_entity, "Define an entity", "", power::administer},
    {get, "/api/v1/metadata/entities/{id}", admin, lane_kind::read, rate_class::normal, schema::nothing, schema::entity, 200, none, show_entity,
     "One entity with its fields", "", power::administer},
    {put, "/api/v1/metadata/entities/{id}", admin, lane_kind::write, rate_class::normal, schema::entity, schema::entity, 200, default_bytes,
     update_entity, "Change an entity", "", power::administer},
    {remove, "/api/v1/metadata/entities/{id}", admin, lane_kind::write, rate_class::normal, schema::nothing, schema::nothing, 204, none,
     delete_entity, "Delete an entity, with its records where confirmed", "confirm", power::administer},
    {get, "/api/v1/metadata/entities/{id}/schema", authenticated, lane_kind::read, rate_class::normal, schema::nothing, schema::json_schema, 200,
     none, show_entity_schema, "The entity's records as JSON Schema", "", power::records},
    {post, "/api/v1/metadata/entities/{id}/fields", admin, lane_kind::write, rate_class::normal, schema::field, schema::field, 201, default_bytes,
     create_field, "Add a field", "", power::administer},
    {put, "/api/v1/metadata/entities/{id}/fields/{fieldId}", admin, lane_kind::write, rate_class::normal, schema::field, schema::field, 200,
     default_bytes, update_field, "Change a field", "", power::administer},
    {remove, "/api/v1/metadata/entities/{id}/fields/{fieldId}", admin, lane_kind::write, rate_class::normal, schema::nothing, schema::nothing, 204,
     none, delete_field, "Delete a field and what it holds", "", power::administer},

    // records
    {get, "/api/v1/entities/{id}/records", permission, lane_kind::read, rate_class::normal, schema::nothing, schema::record_page, 200, none,
     list_records, "A page of records", "*", power::records},
    {post, "/api/v1/entities/{id}/records", permission, lane_kind::write, rate_class::normal, schema::record, schema::record, 201, record_bytes,
     create_record, "Create a record", "", power::records},
    {get, "/api/v1/entities/{id}/records/{recordId}", permission, lane_kind::point, rate_class::normal, schema::nothing, schema::record, 200, none,
     show_record, "One record", "", power::records},
    {put, "/api/v1/entities/{id}/records/{recordId}", permission, lane_kind::write, rate_class::normal, schema::record, schema::record, 200,
     record_bytes, replace_record, "Replace a record", "", power::records},
    {patch, "/api/v1/entities/{id}/records/{recordId}", permission, lane_kind::write, rate_class::normal, schema::record, schema::record, 200,
     record_bytes, patch_record, "Merge into a record (RFC 7396)", "", power::records},
    {remove, "/api/v1/entities/{id}/records/{recordId}", permission, lane_kind::write, rate_class::normal, schema::nothing, schema::nothing, 204,
     none, delete_record, "Delete a record", "", power::records},
});

constexpr bool rows_differ() noexcept
{
    for (std::size_t i = 0; i < table.size(); ++i)
        for (std::size_t j = i + 1; j < table.size(); ++j)
            if (table[i].method == table[j].method && table[i].path == table[j].path) return false;
    return true;
}
constexpr bool admin_rows_are_closed() noexcept
{
    for (auto const& row : table)
        if (row.path.starts_with("/api/v1/admin/") && row.who != admin) return false;
    return true;
}
constexpr bool bodies_have_room() noexcept
{
    for (auto const& row : table)
        if ((row.body == schema::nothing) != (row.body_bytes_max == none)) return false;
    return true;
}
constexpr bool keys_are_bounded() noexcept
{
    for (auto const& row : table) {
        bool const for_callers = row.who == authenticated || row.who == permission || row.who == admin;
        if (!for_callers && row.key != power::none) return false;
        if (row.who == admin && row.key != power::none && row.key != power::administer) return false;
        if (row.who == permission && row.key != power::none && row.key != power::records) return false;
    }
    return true;
}
/// What changes who may do what is watched for those who may not.
constexpr bool grants_are_watched() noexcept
{
    for (auto const& row : table)
        if ((row.body == schema::user_change || (row.path.starts_with("/api/v1/admin/roles") && row.method != get)) != (row.refused_as == escalation))
            return false;
    return true;
}
/// Who has a second factor shows it before changing what others, or a program, may do.
constexpr bool administration_is_proven() noexcept
{
    for (auto const& row : table)
        if (row.path.starts_with("/api/v1/admin/") && row.method != get && row.proof != fresh_proof::of_factor) return false;
    return true;
}
static_assert(administration_is_proven(), "a row below /admin that changes something on the word of a stolen session");
static_assert(grants_are_watched(), "a row that grants, and records a refusal as any other");
static_assert(keys_are_bounded(), "a key gets in where its scopes are not the ones that the row is about");
static_assert(rows_differ(), "two rows for one method and path");
static_assert(admin_rows_are_closed(), "a row below /admin that is open to others");
static_assert(bodies_have_room(), "a row with a body takes bytes, a row without takes none");

constexpr std::size_t segments_max = 12;

/// The table's paths, split once.
struct split_route {
    route const* row = nullptr;
    std::vector<std::string_view> segments;
};

std::vector<std::vector<split_route>> const& by_segment_count()
{
    static auto const split = [] {
        std::vector<std::vector<split_route>> groups(segments_max + 1);
        for (auto const& row : table) {
            split_route entry{&row, {}};
            for (std::size_t at = 1; at < row.path.size();) {
                auto const end = std::min(row.path.find('/', at), row.path.size());
                entry.segments.push_back(row.path.substr(at, end - at));
                at = end + 1;
            }
            groups[entry.segments.size()].push_back(std::move(entry));
        }
        return groups;
    }();
    return split;
}

/// The segments as if they were asked for below /api/v1.
struct versioned {
    std::vector<std::string> const& asked;
    bool alias;

    std::size_t size() const noexcept { return asked.size() + (alias ? 1 : 0); }
    std::string_view operator[](std::size_t at) const noexcept
    {
        if (!alias || at == 0) return asked[at];
        return at == 1 ? std::string_view{"v1"} : std::string_view{asked[at - 1]};
    }
};

bool is_seed000(std::vector<std::string> const& segments) noexcept
{
    return segments.size() >= 3 && segments[0] == "api" && (segments[1] == "auth" || segments[1] == "metadata" || segments[1] == "entities");
}

bool fits(std::vector<std::string_view> const& pattern, versioned const& path) noexcept
{
    for (std::size_t i = 0; i < pattern.size(); ++i)
        if (pattern[i].front() != '{' && pattern[i] != path[i]) return false;
    return true;
}

}  // namespace

std::span<route const> routes() noexcept { return table; }

std::string_view name_of(fresh_proof what) noexcept
{
    switch (what) {
        case fresh_proof::none: return "none";
        case fresh_proof::of_factor: return "of_factor";
        case fresh_proof::wanted: return "wanted";
    }
    return "none";
}

std::string_view name_of(audience who) noexcept
{
    switch (who) {
        case everyone: return "everyone";
        case refresh_cookie: return "refresh_cookie";
        case session_cookie: return "session_cookie";
        case basic: return "basic";
        case authenticated: return "authenticated";
        case permission: return "permission";
        case admin: return "admin";
    }
    return "admin";
}

route_match find_route(request_head const& head)
{
    route_match match;
    match.seed000_alias = is_seed000(head.segments);
    versioned const path{head.segments, match.seed000_alias};
    if (path.size() > segments_max) return match;

    auto const wanted = head.method == verb::head ? get : head.method;
    bool allowed[7] = {};
    for (auto const& candidate : by_segment_count()[path.size()]) {
        if (!fits(candidate.segments, path)) continue;
        match.path_known = true;
        allowed[static_cast<std::size_t>(candidate.row->method)] = true;
        if (candidate.row->method != wanted) continue;
        match.found = candidate.row;
        for (std::size_t i = 0; i < candidate.segments.size(); ++i)
            if (candidate.segments[i].front() == '{') match.params.push_back(path[i]);
        return match;
    }
    if (!match.path_known) return match;
    for (auto const method : {get, verb::head, post, put, patch, remove}) {
        if (!allowed[static_cast<std::size_t>(method == verb::head ? get : method)]) continue;
        match.allow += name_of(method);
        match.allow += ", ";
    }
    match.allow += "OPTIONS";
    return match;
}

}  // namespace mb::http
