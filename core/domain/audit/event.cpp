#include "core/domain/audit/event.hpp"

#include "core/domain/base/assert.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace mb::audit {
namespace {

constexpr auto catalogue = std::to_array<event_entry>({
    {event_type::user_registered, "REGISTRO", severity::low},
    {event_type::login_succeeded, "LOGIN_EXITOSO", severity::low},
    {event_type::login_failed, "LOGIN_FALLIDO", severity::medium},
    {event_type::account_locked, "CUENTA_BLOQUEADA", severity::high},
    {event_type::account_unlocked, "CUENTA_DESBLOQUEADA", severity::medium},
    {event_type::verification_resent, "VERIFICACION_REENVIADA", severity::low},
    {event_type::verification_completed, "VERIFICACION_COMPLETADA", severity::low},
    {event_type::verification_failed, "VERIFICACION_FALLIDA", severity::medium},
    {event_type::token_refreshed, "TOKEN_RENOVADO", severity::low},
    {event_type::token_theft, "TOKEN_ROBO_DETECTADO", severity::critical},
    {event_type::logout, "LOGOUT", severity::low},
    {event_type::global_logout, "SESION_GLOBAL_CERRADA", severity::medium},
    {event_type::session_expired, "SESSION_EXPIRED", severity::low},
    {event_type::session_invalidated, "SESSION_INVALIDATED", severity::medium},
    {event_type::signing_key_rotated, "CLAVE_JWT_ROTADA", severity::high},
    {event_type::permission_denied, "PERMISSION_DENIED", severity::medium},
    {event_type::role_changed, "ROLE_CHANGED", severity::high},
    {event_type::profile_changed, "PERFIL_MODIFICADO", severity::low},
    {event_type::entity_created, "ENTIDAD_CREADA", severity::medium},
    {event_type::entity_changed, "ENTIDAD_MODIFICADA", severity::medium},
    {event_type::entity_deleted, "ENTIDAD_ELIMINADA", severity::high},
    {event_type::field_created, "CAMPO_CREADO", severity::medium},
    {event_type::field_changed, "CAMPO_MODIFICADO", severity::medium},
    {event_type::field_deleted, "CAMPO_ELIMINADO", severity::high},
    {event_type::record_created, "REGISTRO_CREADO", severity::low},
    {event_type::record_changed, "DATA_MODIFIED", severity::low},
    {event_type::record_deleted, "REGISTRO_ELIMINADO", severity::medium},
    {event_type::admin_created, "ADMIN_CREADO", severity::high},
    {event_type::configuration_changed, "CONFIGURATION_CHANGED", severity::medium},
    {event_type::backup_created, "BACKUP_CREATED", severity::medium},
    {event_type::system_error, "SYSTEM_ERROR", severity::high},
    {event_type::reset_requested, "RESET_SOLICITADO", severity::medium},
    {event_type::reset_completed, "RESET_COMPLETADO", severity::high},
    {event_type::reset_failed, "RESET_FALLIDO", severity::medium},
    {event_type::link_checked, "ENLACE_COMPROBADO", severity::low},
    {event_type::link_blocked, "ENLACE_BLOQUEADO", severity::high},
    {event_type::password_changed, "PASSWORD_CHANGE", severity::high},
    {event_type::api_key_created, "API_KEY_CREADA", severity::medium},
    {event_type::api_key_revoked, "API_KEY_REVOCADA", severity::medium},
    {event_type::session_unusual, "ANOMALIA_SESION_INUSUAL", severity::high},
    {event_type::magic_link_sent, "MAGIC_LINK_ENVIADO", severity::low},
    {event_type::magic_link_verified, "MAGIC_LINK_VERIFICADO", severity::low},
    {event_type::magic_link_expired, "MAGIC_LINK_EXPIRADO", severity::low},
    {event_type::magic_link_failed, "MAGIC_LINK_FALLIDO", severity::medium},
    {event_type::data_exported, "SENSITIVE_DATA_ACCESSED", severity::medium},
    {event_type::account_erased, "CUENTA_ELIMINADA", severity::high},
    {event_type::escalation_attempted, "PRIVILEGE_ESCALATION_ATTEMPT", severity::critical},
    {event_type::factor_begun, "MFA_INICIADO", severity::low},
    {event_type::factor_added, "MFA_ACTIVADO", severity::high},
    {event_type::factor_removed, "MFA_DESACTIVADO", severity::high},
    {event_type::factor_asked, "MFA_SOLICITADO", severity::low},
    {event_type::factor_verified, "MFA_VERIFICADO", severity::low},
    {event_type::factor_failed, "MFA_FALLIDO", severity::medium},
    {event_type::recovery_code_used, "MFA_RECUPERACION_USADA", severity::high},
    {event_type::recovery_codes_made, "MFA_CODIGOS_GENERADOS", severity::high},
    {event_type::reauthenticated, "REAUTENTICACION", severity::low},
    {event_type::bulk_exported, "BULK_DATA_EXPORT", severity::high},
    {event_type::path_unknown, "RUTA_DESCONOCIDA", severity::low},
    {event_type::injection_attempted, "INYECCION_DETECTADA", severity::high},
    {event_type::users_imported, "USUARIOS_IMPORTADOS", severity::high},
    {event_type::stuffing_detected, "ANOMALIA_CREDENTIAL_STUFFING", severity::high},
    {event_type::brute_force_detected, "ANOMALIA_FUERZA_BRUTA", severity::high},
    {event_type::anomaly_reviewed, "ANOMALIA_REVISADA", severity::low},
});

constexpr bool in_order() noexcept
{
    for (std::size_t i = 0; i < catalogue.size(); ++i)
        if (static_cast<std::size_t>(catalogue[i].type) != i) return false;
    return true;
}
static_assert(in_order(), "the catalogue is indexed by the enumeration");

}  // namespace

std::string_view name_of(severity level) noexcept
{
    switch (level) {
        case severity::low: return "LOW";
        case severity::medium: return "MEDIUM";
        case severity::high: return "HIGH";
        case severity::critical: return "CRITICAL";
    }
    return "LOW";
}

std::optional<severity> severity_named(std::string_view name) noexcept
{
    for (auto const level : {severity::low, severity::medium, severity::high, severity::critical})
        if (name == name_of(level)) return level;
    return std::nullopt;
}

std::span<event_entry const> events() noexcept { return catalogue; }

event_entry const& entry_of(event_type type) noexcept
{
    auto const at = static_cast<std::size_t>(type);
    MB_ASSERT(at < catalogue.size());
    return catalogue[at];
}

std::optional<event_type> event_named(std::string_view name) noexcept
{
    auto const found = std::ranges::find(catalogue, name, &event_entry::name);
    if (found == catalogue.end()) return std::nullopt;
    return found->type;
}

event make_event(log_id id, event_type type, origin const& from, instant at, std::optional<problem> refused)
{
    event made;
    made.id = id;
    made.type = type;
    made.level = entry_of(type).level;
    made.ip = from.ip;
    made.country = from.country;
    made.user_agent = from.user_agent;
    made.correlation = from.correlation;
    made.endpoint = from.endpoint;
    made.http_method = from.http_method;
    made.status_code = from.status(refused);
    made.response_time_ms =
        from.status_of == nullptr ? 0 : std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::milliseconds>(at - from.arrived).count());
    made.at = at;
    return made;
}

event about(event made, std::optional<identity::user_id> user, std::optional<identity::user_id> actor, event_metadata metadata)
{
    made.user = user;
    made.actor = actor;
    made.metadata = std::move(metadata);
    return made;
}

}  // namespace mb::audit
