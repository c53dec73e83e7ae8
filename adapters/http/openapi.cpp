#include "adapters/http/openapi.hpp"

#include "adapters/http/bodies.hpp"
#include "adapters/http/openapi_parts.hpp"
#include "adapters/http/problem_status.hpp"
#include "adapters/http/route.hpp"
#include "adapters/http/texts.hpp"
#include "adapters/json/writer.hpp"
#include "core/domain/entities/definition_input.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

namespace mb::http {
namespace {

/// The name of a schema below components/schemas; "" where there is no content or it is not JSON.
std::string_view name_of(schema content) noexcept
{
    switch (content) {
        case schema::registration: return "Registration";
        case schema::email_only: return "EmailOnly";
        case schema::credentials: return "Credentials";
        case schema::profile_change: return "ProfileChange";
        case schema::password_reset: return "PasswordReset";
        case schema::password_change: return "PasswordChange";
        case schema::new_api_key: return "NewApiKey";
        case schema::made_api_key: return "MadeApiKey";
        case schema::api_key: return "ApiKey";
        case schema::api_key_page: return "ApiKeyPage";
        case schema::factor_code: return "FactorCode";
        case schema::factor_verification: return "FactorVerification";
        case schema::step_up_proof: return "StepUpProof";
        case schema::login_answer: return "LoginAnswer";
        case schema::session_login_answer: return "SessionLoginAnswer";
        case schema::second_step_answer: return "SecondStepAnswer";
        case schema::factor_offer: return "FactorOffer";
        case schema::recovery_codes: return "RecoveryCodes";
        case schema::recovery_count: return "RecoveryCount";
        case schema::step_up_token: return "StepUpToken";
        case schema::own_data: return "OwnData";
        case schema::user_change: return "UserChange";
        case schema::new_role: return "NewRole";
        case schema::role_change: return "RoleChange";
        case schema::role: return "Role";
        case schema::role_page: return "RolePage";
        case schema::event_page: return "EventPage";
        case schema::event_file: return "";
        case schema::attempt_page: return "AttemptPage";
        case schema::report_list: return "ReportList";
        case schema::report: return "Report";
        case schema::anomaly_page: return "AnomalyPage";
        case schema::anomaly: return "Anomaly";
        case schema::review: return "Review";
        case schema::entity: return "Entity";
        case schema::field: return "Field";
        case schema::record: return "Record";
        case schema::message: return "Message";
        case schema::tokens: return "Tokens";
        case schema::user: return "User";
        case schema::user_page: return "UserPage";
        case schema::session_page: return "SessionPage";
        case schema::revoked_count: return "RevokedCount";
        case schema::signing_key: return "SigningKey";
        case schema::signing_key_list: return "SigningKeyPage";
        case schema::entity_page: return "EntityPage";
        case schema::record_page: return "RecordPage";
        case schema::json_schema: return "JsonSchema";
        case schema::health: return "Health";
        case schema::readiness: return "Readiness";
        case schema::nothing:
        case schema::text:
        case schema::anything: return "";
    }
    return "";
}

void write_schemas(json::writer& out)
{
    out.key("schemas").begin_object();
    for (auto const content : {schema::registration, schema::email_only, schema::credentials, schema::profile_change, schema::password_reset,
                               schema::password_change, schema::new_api_key, schema::user_change, schema::factor_code, schema::factor_verification,
                               schema::step_up_proof, schema::review, schema::new_role, schema::role_change}) {
        out.key(name_of(content));
        write_json_schema(out, *rule_of(content));
    }
    out.key("Entity");
    write_json_schema(out, entities::entity_input_rule());
    out.key("Field");
    write_json_schema(out, entities::field_input_rule());
    out.key("Record")
        .begin_object()
        .member("type", "object")
        .member("description", "GET /metadata/entities/{id}/schema tells its members")
        .end_object();
    write_factor_schemas(out);
    write_shown(out, "Message", {{"message", "string"}});
    write_shown(out, "Health", {{"estado", "string"}, {"timestamp", "string", "date-time"}});
    write_shown(out, "Readiness", {{"draining", "boolean"}, {"dependencies", "object"}, {"ready", "boolean"}});
    write_shown(out, "Tokens",
                {{"access_token", "string"}, {"token_type", "string"}, {"expires_in", "integer"}, {"user", "#/components/schemas/User"}});
    write_shown(out, "User",
                {{"id", "string", "uuid"},
                 {"email", "string", "email"},
                 {"username", "string?"},
                 {"display_name", "string?"},
                 {"email_verified", "boolean"},
                 {"mfa_enabled", "boolean"},
                 {"status", "string"},
                 {"roles", "array"},
                 {"locked_until", "string", "date-time"},
                 {"created_at", "string", "date-time"},
                 {"updated_at", "string", "date-time"},
                 {"last_login_at", "string?", "date-time"}});
    write_shown(out, "Session",
                {{"id", "string", "uuid"},
                 {"kid", "string"},
                 {"ip_hash", "string"},
                 {"user_agent", "string"},
                 {"created_at", "string", "date-time"},
                 {"last_used_at", "string", "date-time"},
                 {"expires_at", "string", "date-time"},
                 {"current", "boolean"}});
    write_shown(out, "RevokedCount", {{"revoked", "integer"}});
    write_key_schemas(out);
    write_shown(out, "OwnData",
                {{"user", "#/components/schemas/User"},
                 {"sessions", "array"},
                 {"classic_sessions", "array"},
                 {"links", "array"},
                 {"api_keys", "array"},
                 {"recovery_codes", "array"},
                 {"login_habits", "object?"},
                 {"login_attempts", "array"},
                 {"events", "array"},
                 {"anomalies", "array"},
                 {"complete", "boolean"}});
    write_shown(out, "Role",
                {{"name", "string"},
                 {"description", "string"},
                 {"permissions", "array"},
                 {"administers", "boolean"},
                 {"built_in", "boolean"},
                 {"version", "integer"}});
    write_page_of(out, "RolePage", "Role");
    write_audit_schemas(out);
    write_page_of(out, "UserPage", "User");
    write_page_of(out, "SessionPage", "Session");
    write_page_of(out, "EntityPage", "Entity");
    write_page_of(out, "RecordPage", "Record");
    out.key("JsonSchema").begin_object().member("type", "object").end_object();
    write_shown(
        out, "Problem",
        {{"error", "string"}, {"code", "string"}, {"correlationId", "string", "uuid"}, {"timestamp", "string", "date-time"}, {"details", "array"}});
    out.end_object();
}

/// Which statuses a row can answer beside its success, told by its columns.
std::map<int, std::set<std::string_view>> denials_of(route const& row)
{
    std::map<int, std::set<std::string_view>> denials;
    auto const add = [&](problem why) { denials[status_of(why)].insert(entry_of(why).code); };
    add(problem::bad_request);
    add(problem::internal_error);
    if (!row.query.empty()) add(problem::unknown_parameter);
    if (row.who != audience::everyone) {
        add(problem::not_authenticated);
        add(problem::invalid_token);
        add(problem::expired_token);
    }
    if (row.who == audience::admin || row.who == audience::permission) add(problem::forbidden);
    // where no key gets in, that is how it is told
    if (row.who == audience::authenticated || row.who == audience::permission || row.who == audience::admin) add(problem::scope_missing);
    if (row.path == "/metrics") {
        add(problem::not_authenticated);
        add(problem::forbidden);
    }
    if (row.path == "/api/v1/keys" && row.method == verb::post) add(problem::limit_reached);
    if (row.who == audience::refresh_cookie || row.who == audience::session_cookie) add(problem::origin_not_allowed);
    if (row.path.find('{') != std::string_view::npos) add(problem::not_found);
    if (row.body != schema::nothing) {
        add(problem::invalid_json);
        add(problem::body_too_large);
        add(problem::unsupported_media_type);
        add(problem::validation_failed);
    }
    if (row.path.ends_with("/auth/login") || row.path.ends_with("/session/login") || row.who == audience::basic) {
        add(problem::invalid_credentials);
        add(problem::email_not_verified);
        add(problem::account_disabled);
        add(problem::account_locked);
    }
    if (row.path.ends_with("/user/password") || row.path.ends_with("/mfa/step-up")) {
        add(problem::invalid_credentials);
        add(problem::account_locked);
    }
    if (row.proof != fresh_proof::none) add(problem::step_up_required);
    if (row.who == audience::basic || row.path.ends_with("/mfa/step-up")) add(problem::second_factor_required);
    if (row.path.starts_with("/api/v1/mfa/")) {
        add(row.path.ends_with("/setup") ? problem::second_factor_exists : problem::second_factor_missing);
        if (row.path.ends_with("/enable")) add(problem::second_factor_exists);
        if (row.body != schema::nothing) add(problem::invalid_code);
    }
    if (row.path.ends_with("/mfa/verify")) {
        add(problem::invalid_token);
        add(problem::expired_token);
        add(problem::account_disabled);
        add(problem::email_not_verified);
        add(problem::account_locked);
    }
    if (row.path.ends_with("/verify-email") || row.path.ends_with("/reset-password") || row.path.ends_with("/magic/verify"))
        add(problem::link_invalid);
    if (row.path.ends_with("/magic/verify")) add(problem::account_locked);
    if (row.method == verb::remove && (row.path.ends_with("/user/me") || row.path.ends_with("/users/{id}"))) add(problem::last_admin);
    if (row.path.ends_with("/jwt/refresh")) {
        add(problem::concurrent_refresh);
        add(problem::token_theft);
    }
    if (row.method == verb::put || row.method == verb::patch || row.method == verb::remove) {
        add(problem::conflict);
        if (row.path.find("{id}") != std::string_view::npos && !row.path.starts_with("/api/v1/admin")) add(problem::precondition_failed);
    }
    if (row.path == "/api/v1/admin/roles/{name}") {
        add(problem::role_not_found);
        if (row.method != verb::get) {
            add(problem::role_built_in);
            add(problem::precondition_failed);
        }
        if (row.method == verb::remove) add(problem::role_in_use);
    }
    if (row.body == schema::review) add(problem::anomaly_not_found);
    if (row.body == schema::new_role) {
        add(problem::role_exists);
        add(problem::limit_reached);
    }
    if (row.method == verb::post && (row.body == schema::record || row.body == schema::entity || row.body == schema::field)) add(problem::conflict);
    if (row.rate != rate_class::none) add(problem::too_many_requests);
    if (row.lane != lane_kind::here) {
        add(problem::overloaded);
        add(problem::storage_unavailable);
    }
    return denials;
}

std::string_view tag_of(route const& row) noexcept
{
    constexpr std::string_view base = "/api/v1/";
    if (!row.path.starts_with(base)) return "service";
    auto const rest = row.path.substr(base.size());
    return rest.substr(0, rest.find('/'));
}

void write_parameters(json::writer& out, route const& row)
{
    out.key("parameters").begin_list();
    for (std::size_t at = 0; (at = row.path.find('{', at)) != std::string_view::npos; ++at) {
        auto const name = row.path.substr(at + 1, row.path.find('}', at) - at - 1);
        out.begin_object().member("name", name).member("in", "path").member("required", true);
        out.key("schema").begin_object().member("type", "string").end_object().end_object();
    }
    if (row.proof != fresh_proof::none) {
        out.begin_object().member("name", "X-Step-Up-Token").member("in", "header").member("required", false);
        out.member("description",
                   row.proof == fresh_proof::wanted
                       ? "what /api/v1/mfa/step-up gave; needed where the account has a second factor, else where the login is no longer fresh"
                       : "what /api/v1/mfa/step-up gave; needed where the account has a second factor");
        out.key("schema").begin_object().member("type", "string").end_object().end_object();
    }
    auto names = row.query == "*" ? std::string_view{"limit cursor sort fields count filter"} : row.query;
    while (!names.empty()) {
        auto const end = names.find(' ');
        auto const name = names.substr(0, end);
        names = end == std::string_view::npos ? std::string_view{} : names.substr(end + 1);
        out.begin_object().member("name", name).member("in", "query").member("required", name == "token");
        if (name == "filter") out.member("style", "deepObject").member("description", "filter[field][op]=value");
        out.key("schema").begin_object();
        if (name == "filter")
            out.member("type", "object");
        else
            out.member("type", name == "limit" ? "integer" : "string");
        out.end_object().end_object();
    }
    out.end_list();
}

void write_operation(json::writer& out, route const& row)
{
    auto method = ascii_lower(http::name_of(row.method));
    std::string operation = method;
    for (char const c : row.path) operation += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_';
    out.key(method).begin_object().member("operationId", operation).member("summary", row.summary);
    out.key("tags").begin_list().text(tag_of(row)).end_list();
    out.member("x-access", http::name_of(row.who)).member("x-step-up", http::name_of(row.proof));
    out.key("security").begin_list();
    if (row.who == audience::refresh_cookie) out.begin_object().key("refreshCookie").begin_list().end_list().end_object();
    if (row.who == audience::session_cookie) out.begin_object().key("sessionCookie").begin_list().end_list().end_object();
    if (row.who == audience::basic) out.begin_object().key("basic").begin_list().end_list().end_object();
    if (row.who == audience::authenticated || row.who == audience::permission || row.who == audience::admin)
        out.begin_object().key("accessToken").begin_list().end_list().end_object();
    if (row.key != access::power::none) {
        out.begin_object().key("apiKey").begin_list();
        if (auto const scope = access::name_of(row.key); !scope.empty()) out.text(scope);
        out.end_list().end_object();
    }
    out.end_list();
    write_parameters(out, row);
    if (row.body != schema::nothing) {
        out.key("requestBody")
            .begin_object()
            .member("required", true)
            .key("content")
            .begin_object()
            .key("application/json")
            .begin_object()
            .key("schema");
        write_reference(out, name_of(row.body));
        out.end_object().end_object().end_object();
    }
    out.key("responses").begin_object();
    out.key(std::to_string(row.success)).begin_object().member("description", "OK");
    if (auto const reply = name_of(row.reply); !reply.empty()) {
        out.key("content").begin_object().key("application/json").begin_object().key("schema");
        write_reference(out, reply);
        out.end_object().end_object();
    }
    if (row.reply == schema::event_file) {
        out.key("content").begin_object();
        for (std::string_view const type : {"application/x-ndjson", "text/csv"}) out.key(type).begin_object().end_object();
        out.end_object();
    }
    out.end_object();
    for (auto const& [status, codes] : denials_of(row)) {
        std::string description;
        for (auto const code : codes) description += (description.empty() ? "" : ", ") + std::string(code);
        out.key(std::to_string(status)).begin_object().member("description", description);
        out.key("content").begin_object().key("application/json").begin_object().key("schema");
        write_reference(out, "Problem");
        out.end_object().end_object().end_object();
    }
    out.end_object().end_object();
}

}  // namespace

void write_json_schema(json::writer& out, shape::field_rule const& rule)
{
    auto const type = [&](std::string_view name) {
        if (rule.nullable)
            out.key("type").begin_list().text(name).text("null").end_list();
        else
            out.member("type", name);
    };
    auto const bound = [&](std::string_view name, std::optional<shape::scalar> const& limit) {
        if (!limit) return;
        if (auto const* integer = std::get_if<std::int64_t>(&*limit))
            out.member(name, *integer);
        else if (auto const* number = std::get_if<double>(&*limit))
            out.key(name).number(*number);
    };
    out.begin_object();
    switch (rule.type) {
        case shape::kind::integer:
            type("integer");
            bound("minimum", rule.min);
            bound("maximum", rule.max);
            break;
        case shape::kind::number:
            type("number");
            bound("minimum", rule.min);
            bound("maximum", rule.max);
            break;
        case shape::kind::boolean: type("boolean"); break;
        case shape::kind::list:
            type("array");
            if (rule.length_max) out.member("maxItems", *rule.length_max);
            if (rule.element) {
                out.key("items");
                write_json_schema(out, *rule.element);
            }
            break;
        case shape::kind::object: type("object"); break;
        case shape::kind::enumeration:
            type("string");
            out.key("enum").begin_list();
            for (auto const& option : rule.options) out.text(option);
            if (rule.nullable) out.null();
            out.end_list();
            break;
        default:
            type("string");
            if (rule.type == shape::kind::date) out.member("format", "date");
            if (rule.type == shape::kind::date_time) out.member("format", "date-time");
            if (rule.type == shape::kind::uuid) out.member("format", "uuid");
            if (rule.type == shape::kind::email) out.member("format", "email");
            if (rule.type == shape::kind::url) out.member("format", "uri");
            if (rule.type == shape::kind::decimal) out.member("pattern", "^-?[0-9]+(\\.[0-9]{1," + std::to_string(std::max(rule.scale, 1)) + "})?$");
            if (rule.length_min) out.member("minLength", *rule.length_min);
            if (rule.length_max) out.member("maxLength", *rule.length_max);
            if (!rule.pattern_text.empty()) out.member("pattern", rule.pattern_text);
            if (rule.secret) out.member("writeOnly", true).member("format", "password");
            break;
    }
    out.end_object();
}

void write_json_schema(json::writer& out, shape::object_rule const& rule)
{
    out.begin_object().member("type", "object").member("additionalProperties", false).key("properties").begin_object();
    for (auto const& field : rule.fields) {
        out.key(field.name);
        write_json_schema(out, field);
    }
    out.end_object().key("required").begin_list();
    for (auto const& field : rule.fields)
        if (field.required && !field.fallback) out.text(field.name);
    out.end_list().end_object();
}

std::string entity_json_schema(entities::entity_definition const& entity, shape::object_rule const& rule, http_settings const& settings)
{
    std::string made;
    json::writer out(made);
    out.begin_object().member("$schema", "https://json-schema.org/draft/2020-12/schema");
    out.member("$id", settings.public_url + "/api/v1/metadata/entities/" + entity.id.text() + "/schema");
    out.member("title", entity.display_name).member("description", entity.description).member("type", "object").member("additionalProperties", false);
    out.key("properties").begin_object();
    for (auto const& field : rule.fields) {
        out.key(field.name);
        write_json_schema(out, field);
    }
    for (std::string_view const name : {"id", "created_at", "updated_at", "created_by", "version"}) {
        out.key(name).begin_object().member("readOnly", true);
        if (name == "version")
            out.member("type", "integer");
        else
            out.member("type", "string").member("format", name.ends_with("_at") ? "date-time" : "uuid");
        out.end_object();
    }
    out.end_object().key("required").begin_list();
    for (auto const& field : rule.fields)
        if (field.required && !field.fallback) out.text(field.name);
    out.end_list().end_object();
    return made;
}

std::string openapi_document(http_settings const& settings)
{
    std::string made;
    made.reserve(64 * 1024);
    json::writer out(made);
    out.begin_object().member("openapi", "3.1.0");
    out.key("info").begin_object().member("title", "MetaBuilder").member("version", settings.version).end_object();
    out.key("servers").begin_list().begin_object().member("url", settings.public_url).end_object().end_list();
    out.key("paths").begin_object();
    std::vector<std::string_view> written;
    for (auto const& row : routes()) {
        if (std::ranges::find(written, row.path) != written.end()) continue;
        written.push_back(row.path);
        out.key(row.path).begin_object();
        for (auto const& same_path : routes())
            if (same_path.path == row.path) write_operation(out, same_path);
        out.end_object();
    }
    out.end_object();
    out.key("components").begin_object();
    out.key("securitySchemes").begin_object();
    out.key("accessToken").begin_object().member("type", "http").member("scheme", "bearer").member("bearerFormat", "JWT").end_object();
    out.key("apiKey").begin_object().member("type", "http").member("scheme", "bearer").member("bearerFormat", "sk_live_").end_object();
    out.key("refreshCookie").begin_object().member("type", "apiKey").member("in", "cookie");
    out.member("name", settings.secure_cookies ? "__Host-refresh" : "refresh").end_object();
    out.key("sessionCookie").begin_object().member("type", "apiKey").member("in", "cookie");
    out.member("name", settings.secure_cookies ? "__Host-session" : "session").end_object();
    out.key("basic").begin_object().member("type", "http").member("scheme", "basic").end_object();
    out.end_object();
    write_schemas(out);
    out.end_object().end_object();
    return made;
}

}  // namespace mb::http
