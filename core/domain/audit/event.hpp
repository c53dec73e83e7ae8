#pragma once

#include "core/domain/base/id.hpp"
#include "core/domain/base/instant.hpp"
#include "core/domain/base/problem.hpp"
#include "core/domain/identity/user.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mb::audit {

using log_id = id<struct log_tag>;
using correlation_id = id<struct correlation_tag>;

enum class severity : std::uint8_t { low, medium, high, critical };
std::string_view name_of(severity level) noexcept;  ///< LOW … CRITICAL
std::optional<severity> severity_named(std::string_view name) noexcept;

/// What can happen. Ids are the Spanish ones of seed 004 and the ones of seed 002 (data-model.md, Events).
enum class event_type : std::uint8_t {
    user_registered,         // REGISTRO
    login_succeeded,         // LOGIN_EXITOSO
    login_failed,            // LOGIN_FALLIDO
    account_locked,          // CUENTA_BLOQUEADA
    account_unlocked,        // CUENTA_DESBLOQUEADA
    verification_resent,     // VERIFICACION_REENVIADA
    verification_completed,  // VERIFICACION_COMPLETADA
    verification_failed,     // VERIFICACION_FALLIDA
    token_refreshed,         // TOKEN_RENOVADO
    token_theft,             // TOKEN_ROBO_DETECTADO
    logout,                  // LOGOUT
    global_logout,           // SESION_GLOBAL_CERRADA
    session_expired,         // SESSION_EXPIRED
    session_invalidated,     // SESSION_INVALIDATED
    signing_key_rotated,     // CLAVE_JWT_ROTADA
    permission_denied,       // PERMISSION_DENIED
    role_changed,            // ROLE_CHANGED
    profile_changed,         // PERFIL_MODIFICADO
    entity_created,          // ENTIDAD_CREADA
    entity_changed,          // ENTIDAD_MODIFICADA
    entity_deleted,          // ENTIDAD_ELIMINADA
    field_created,           // CAMPO_CREADO
    field_changed,           // CAMPO_MODIFICADO
    field_deleted,           // CAMPO_ELIMINADO
    record_created,          // REGISTRO_CREADO
    record_changed,          // DATA_MODIFIED
    record_deleted,          // REGISTRO_ELIMINADO
    admin_created,           // ADMIN_CREADO
    configuration_changed,   // CONFIGURATION_CHANGED
    backup_created,          // BACKUP_CREATED
    system_error,            // SYSTEM_ERROR
    reset_requested,         // RESET_SOLICITADO
    reset_completed,         // RESET_COMPLETADO
    reset_failed,            // RESET_FALLIDO
    link_checked,            // ENLACE_COMPROBADO
    link_blocked,            // ENLACE_BLOQUEADO
    password_changed,        // PASSWORD_CHANGE
    api_key_created,         // API_KEY_CREADA
    api_key_revoked,         // API_KEY_REVOCADA
    session_unusual,         // ANOMALIA_SESION_INUSUAL
    magic_link_sent,         // MAGIC_LINK_ENVIADO
    magic_link_verified,     // MAGIC_LINK_VERIFICADO
    magic_link_expired,      // MAGIC_LINK_EXPIRADO
    magic_link_failed,       // MAGIC_LINK_FALLIDO
    data_exported,           // SENSITIVE_DATA_ACCESSED
    account_erased,          // CUENTA_ELIMINADA
    escalation_attempted,    // PRIVILEGE_ESCALATION_ATTEMPT
    factor_begun,            // MFA_INICIADO
    factor_added,            // MFA_ACTIVADO
    factor_removed,          // MFA_DESACTIVADO
    factor_asked,            // MFA_SOLICITADO
    factor_verified,         // MFA_VERIFICADO
    factor_failed,           // MFA_FALLIDO
    recovery_code_used,      // MFA_RECUPERACION_USADA
    recovery_codes_made,     // MFA_CODIGOS_GENERADOS
    reauthenticated,         // REAUTENTICACION
    bulk_exported,           // BULK_DATA_EXPORT
    path_unknown,            // RUTA_DESCONOCIDA
    injection_attempted,     // INYECCION_DETECTADA
    users_imported,          // USUARIOS_IMPORTADOS
    stuffing_detected,       // ANOMALIA_CREDENTIAL_STUFFING
    brute_force_detected,    // ANOMALIA_FUERZA_BRUTA
    anomaly_reviewed,        // ANOMALIA_REVISADA
};

struct event_entry {
    event_type type;
    std::string_view name;
    severity level;
};
std::span<event_entry const> events() noexcept;
event_entry const& entry_of(event_type type) noexcept;
std::optional<event_type> event_named(std::string_view name) noexcept;

/// What caused an event: one request, or the server itself. Views and references end with the request.
struct origin {
    correlation_id correlation;
    std::string_view endpoint;  ///< the route's pattern, never the target: "/api/v1/entities/{id}/records"; "" for the server itself
    std::string_view http_method;
    std::optional<identity::ip_hash> ip;
    std::string_view user_agent;  ///< as sent, at most 256 bytes, control characters replaced
    instant arrived{};
    /// The HTTP status that will be answered where a rule says `refused`, or for success; 0 where there is no request.
    int (*status_of)(std::optional<problem> refused, int success_status) = nullptr;
    int success_status = 200;
    identity::request_source source = identity::request_source::api;
    std::optional<std::string> country{};  ///< ISO 3166-1 alpha-2 of the address, looked up before it was hashed

    int status(std::optional<problem> refused = std::nullopt) const { return status_of == nullptr ? 0 : status_of(refused, success_status); }
};

/// One row of audit_logs (= security_logs, auth_events).
struct event {
    log_id id;
    event_type type = event_type::system_error;
    severity level = severity::low;
    std::optional<identity::user_id> user;   ///< whom it is about
    std::optional<identity::user_id> actor;  ///< who did it
    std::optional<identity::ip_hash> ip;
    std::string user_agent;
    correlation_id correlation;
    std::string endpoint;
    std::string http_method;
    int status_code = 0;                                        ///< 0: no request
    std::int64_t response_time_ms = 0;                          ///< from arrival to the writing of this row
    std::vector<std::pair<std::string, std::string>> metadata;  ///< written as a JSON object of strings
    instant at{};
    std::optional<std::string> country{};  ///< as in origin
    std::optional<int> risk_score{};       ///< of logins (risk.hpp)
};
using event_metadata = decltype(event::metadata);

/// An event as its request shows it. `at` is also what the milliseconds are counted to.
event make_event(log_id id, event_type type, origin const& from, instant at, std::optional<problem> refused = std::nullopt);
/// The same event, about `user` and done by `actor`. Nothing personal belongs into `metadata`.
event about(event made, std::optional<identity::user_id> user, std::optional<identity::user_id> actor, event_metadata metadata = {});

}  // namespace mb::audit
