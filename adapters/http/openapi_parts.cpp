#include "adapters/http/openapi_parts.hpp"

#include "adapters/json/writer.hpp"

#include <string>

namespace mb::http {
namespace {

/// One of several schemas.
void write_either(json::writer& out, std::string_view name, std::initializer_list<std::string_view> choices)
{
    out.key(name).begin_object().key("oneOf").begin_list();
    for (auto const choice : choices) write_reference(out, choice);
    out.end_list().end_object();
}

}  // namespace

void write_reference(json::writer& out, std::string_view name)
{
    out.begin_object().member("$ref", std::string("#/components/schemas/") + std::string(name)).end_object();
}

void write_shown(json::writer& out, std::string_view name, std::vector<shown_member> const& members)
{
    out.key(name).begin_object().member("type", "object").key("properties").begin_object();
    for (auto const& member : members) {
        out.key(member.name).begin_object();
        if (member.type.starts_with('#')) {
            out.member("$ref", member.type);
        } else if (member.type.ends_with('?')) {
            out.key("type").begin_list().text(member.type.substr(0, member.type.size() - 1)).text("null").end_list();
        } else {
            out.member("type", member.type);
        }
        if (!member.format.empty()) out.member("format", member.format);
        out.end_object();
    }
    out.end_object().end_object();
}

void write_page_of(json::writer& out, std::string_view name, std::string_view item)
{
    out.key(name).begin_object().member("type", "object").key("properties").begin_object();
    out.key("data").begin_object().member("type", "array").key("items");
    write_reference(out, item);
    out.end_object();
    out.key("hasMore").begin_object().member("type", "boolean").end_object();
    out.key("nextCursor").begin_object().key("type").begin_list().text("string").text("null").end_list().end_object();
    out.end_object().key("required").begin_list().text("data").text("hasMore").text("nextCursor").end_list().end_object();
}

void write_factor_schemas(json::writer& out)
{
    write_shown(out, "SecondStep", {{"mfa_required", "boolean"}, {"mfa_session_token", "string"}, {"expires_in", "integer"}, {"methods", "array"}});
    write_either(out, "LoginAnswer", {"Tokens", "SecondStep"});
    write_either(out, "SessionLoginAnswer", {"User", "SecondStep"});
    write_either(out, "SecondStepAnswer", {"Tokens", "User"});
    write_shown(out, "FactorOffer", {{"secret", "string"}, {"otpauth_uri", "string", "uri"}, {"qr_png", "string", "byte"}});
    write_shown(out, "RecoveryCodes", {{"mfa_enabled", "boolean"}, {"recovery_codes", "array"}});
    write_shown(out, "RecoveryCount", {{"used", "integer"}, {"left", "integer"}, {"created_at", "string?", "date-time"}});
    write_shown(out, "StepUpToken", {{"step_up_token", "string"}, {"expires_in", "integer"}});
}

void write_key_schemas(json::writer& out)
{
    write_shown(out, "SigningKey",
                {{"kid", "string"},
                 {"state", "string"},
                 {"algorithm", "string"},
                 {"created_at", "string", "date-time"},
                 {"activated_at", "string?", "date-time"},
                 {"retired_at", "string?", "date-time"},
                 {"expires_at", "string?", "date-time"}});
    std::vector<shown_member> api_key{{"id", "string", "uuid"},
                                      {"key_prefix", "string"},
                                      {"name", "string"},
                                      {"scopes", "array"},
                                      {"created_at", "string", "date-time"},
                                      {"expires_at", "string?", "date-time"},
                                      {"last_used_at", "string?", "date-time"},
                                      {"revoked_at", "string?", "date-time"}};
    write_shown(out, "ApiKey", api_key);
    api_key.insert(api_key.begin() + 1, {"key", "string"});
    write_shown(out, "MadeApiKey", api_key);
    write_page_of(out, "ApiKeyPage", "ApiKey");
    write_page_of(out, "SigningKeyPage", "SigningKey");
}

void write_audit_schemas(json::writer& out)
{
    std::vector<shown_member> event{{"log_id", "string", "uuid"}, {"timestamp", "string", "date-time"}, {"metadata", "object"}};
    for (auto const* text : {"event_type", "severity", "user_agent", "correlation_id", "endpoint", "http_method"}) event.push_back({text, "string"});
    for (auto const* maybe : {"user_id", "actor_id", "ip_hash", "country_code"}) event.push_back({maybe, "string?"});
    for (auto const* number : {"status_code", "response_time_ms"}) event.push_back({number, "integer"});
    event.push_back({"risk_score", "integer?"});
    write_shown(out, "Event", event);
    write_page_of(out, "EventPage", "Event");
    write_shown(out, "Attempt",
                {{"attempt_id", "string", "uuid"},
                 {"attempt_time", "string", "date-time"},
                 {"successful", "boolean"},
                 {"failure_reason", "string"},
                 {"user_id", "string?"},
                 {"session_id", "string?"},
                 {"ip_hash", "string?"},
                 {"country_code", "string?"},
                 {"risk_score", "integer?"},
                 {"is_suspicious", "boolean"},
                 {"user_agent", "string"}});
    write_page_of(out, "AttemptPage", "Attempt");
    write_shown(out, "Anomaly",
                {{"id", "string", "uuid"},
                 {"type", "string"},
                 {"severity", "string"},
                 {"subject", "string"},
                 {"user_id", "string?"},
                 {"window_from", "string", "date-time"},
                 {"window_until", "string", "date-time"},
                 {"figures", "object"},
                 {"created_at", "string", "date-time"},
                 {"reviewed_at", "string?", "date-time"},
                 {"reviewed_by", "string?"}});
    write_page_of(out, "AnomalyPage", "Anomaly");
    write_shown(out, "ReportEntry", {{"name", "string"}, {"question", "string"}});
    write_page_of(out, "ReportList", "ReportEntry");
    write_shown(out, "Report",
                {{"report", "string"},
                 {"question", "string"},
                 {"from", "string", "date-time"},
                 {"to", "string", "date-time"},
                 {"complete", "boolean"},
                 {"data", "array"}});
}

}  // namespace mb::http
