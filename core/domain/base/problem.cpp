#include "core/domain/base/problem.hpp"

#include "core/domain/base/assert.hpp"

#include <array>
#include <cstddef>

namespace mb {
namespace {

constexpr auto catalogue = std::to_array<problem_entry>({
    {problem::bad_request, "SOLICITUD_INVALIDA", "BAD_REQUEST"},
    {problem::invalid_json, "JSON_INVALIDO", "INVALID_JSON"},
    {problem::invalid_parameter, "PARAMETRO_INVALIDO", "INVALID_PARAMETER"},
    {problem::unknown_parameter, "PARAMETRO_DESCONOCIDO", "UNKNOWN_PARAMETER"},
    {problem::invalid_cursor, "CURSOR_INVALIDO", "INVALID_CURSOR"},
    {problem::offset_too_deep, "DESPLAZAMIENTO_EXCESIVO", "OFFSET_TOO_DEEP"},
    {problem::validation_failed, "VALIDACION_FALLIDA", "VALIDATION_ERROR"},
    {problem::not_authenticated, "NO_AUTENTICADO", "UNAUTHORIZED"},
    {problem::invalid_token, "TOKEN_INVALIDO", "INVALID_TOKEN"},
    {problem::expired_token, "TOKEN_EXPIRADO", "TOKEN_EXPIRED"},
    {problem::invalid_credentials, "CREDENCIALES_INVALIDAS", "INVALID_CREDENTIALS"},
    {problem::concurrent_refresh, "REFRESH_CONCURRENTE", "CONCURRENT_REFRESH"},
    {problem::token_theft, "TOKEN_ROBO_DETECTADO", "TOKEN_THEFT_DETECTED"},
    {problem::email_not_verified, "EMAIL_NO_VERIFICADO", "EMAIL_NOT_VERIFIED"},
    {problem::account_disabled, "CUENTA_DESHABILITADA", "ACCOUNT_DISABLED"},
    {problem::account_locked, "CUENTA_BLOQUEADA", "ACCOUNT_LOCKED"},
    {problem::forbidden, "SIN_PERMISO", "FORBIDDEN"},
    {problem::origin_not_allowed, "ORIGEN_NO_PERMITIDO", "ORIGIN_NOT_ALLOWED"},
    {problem::not_found, "NO_ENCONTRADO", "NOT_FOUND"},
    {problem::entity_not_found, "ENTIDAD_NO_ENCONTRADA", "ENTITY_NOT_FOUND"},
    {problem::field_not_found, "CAMPO_NO_ENCONTRADO", "FIELD_NOT_FOUND"},
    {problem::record_not_found, "REGISTRO_NO_ENCONTRADO", "RECORD_NOT_FOUND"},
    {problem::user_not_found, "USUARIO_NO_ENCONTRADO", "USER_NOT_FOUND"},
    {problem::session_not_found, "SESION_NO_ENCONTRADA", "SESSION_NOT_FOUND"},
    {problem::method_not_allowed, "METODO_NO_PERMITIDO", "METHOD_NOT_ALLOWED"},
    {problem::username_taken, "USUARIO_YA_EXISTE", "USERNAME_ALREADY_EXISTS"},
    {problem::entity_exists, "ENTIDAD_YA_EXISTE", "ENTITY_ALREADY_EXISTS"},
    {problem::field_exists, "CAMPO_YA_EXISTE", "FIELD_ALREADY_EXISTS"},
    {problem::duplicate_value, "VALOR_DUPLICADO", "DUPLICATE_VALUE"},
    {problem::entity_not_empty, "ENTIDAD_CON_REGISTROS", "ENTITY_NOT_EMPTY"},
    {problem::limit_reached, "LIMITE_ALCANZADO", "LIMIT_REACHED"},
    {problem::last_admin, "ULTIMO_ADMIN", "LAST_ADMIN"},
    {problem::unsafe_change, "CAMBIO_NO_SEGURO", "UNSAFE_CHANGE"},
    {problem::conflict, "CONFLICTO", "CONFLICT"},
    {problem::link_invalid, "ENLACE_INVALIDO", "INVALID_LINK"},
    {problem::precondition_failed, "PRECONDICION_FALLIDA", "PRECONDITION_FAILED"},
    {problem::precondition_required, "PRECONDICION_REQUERIDA", "PRECONDITION_REQUIRED"},
    {problem::body_too_large, "CUERPO_DEMASIADO_GRANDE", "PAYLOAD_TOO_LARGE"},
    {problem::target_too_long, "URI_DEMASIADO_LARGA", "URI_TOO_LONG"},
    {problem::unsupported_media_type, "TIPO_NO_SOPORTADO", "UNSUPPORTED_MEDIA_TYPE"},
    {problem::expectation_failed, "EXPECTATIVA_NO_SOPORTADA", "EXPECTATION_FAILED"},
    {problem::headers_too_large, "CABECERAS_DEMASIADO_GRANDES", "HEADERS_TOO_LARGE"},
    {problem::too_many_requests, "DEMASIADAS_SOLICITUDES", "TOO_MANY_REQUESTS"},
    {problem::request_timeout, "TIEMPO_AGOTADO", "REQUEST_TIMEOUT"},
    {problem::internal_error, "ERROR_INTERNO", "INTERNAL_ERROR"},
    {problem::not_implemented, "METODO_NO_IMPLEMENTADO", "NOT_IMPLEMENTED"},
    {problem::http_version_not_supported, "VERSION_HTTP_NO_SOPORTADA", "HTTP_VERSION_NOT_SUPPORTED"},
    {problem::overloaded, "SERVIDOR_SOBRECARGADO", "SERVER_OVERLOADED"},
    {problem::storage_unavailable, "ALMACENAMIENTO_NO_DISPONIBLE", "STORAGE_UNAVAILABLE"},
    {problem::service_unavailable, "SERVICIO_NO_DISPONIBLE", "SERVICE_UNAVAILABLE"},
    {problem::api_key_not_found, "CLAVE_API_NO_ENCONTRADA", "API_KEY_NOT_FOUND"},
    {problem::scope_missing, "ALCANCE_INSUFICIENTE", "INSUFFICIENT_SCOPE"},
    {problem::role_not_found, "ROL_NO_ENCONTRADO", "ROLE_NOT_FOUND"},
    {problem::role_exists, "ROL_YA_EXISTE", "ROLE_ALREADY_EXISTS"},
    {problem::role_built_in, "ROL_INTEGRADO", "ROLE_BUILT_IN"},
    {problem::role_in_use, "ROL_EN_USO", "ROLE_IN_USE"},
    {problem::invalid_code, "CODIGO_INVALIDO", "INVALID_CODE"},
    {problem::step_up_required, "STEP_UP_REQUERIDO", "STEP_UP_REQUIRED"},
    {problem::second_factor_required, "MFA_REQUERIDO", "MFA_REQUIRED"},
    {problem::second_factor_exists, "MFA_YA_ACTIVADO", "MFA_ALREADY_ENABLED"},
    {problem::second_factor_missing, "MFA_NO_ACTIVADO", "MFA_NOT_ENABLED"},
    {problem::anomaly_not_found, "ANOMALIA_NO_ENCONTRADA", "ANOMALY_NOT_FOUND"},
});

constexpr bool in_order() noexcept
{
    for (std::size_t i = 0; i < catalogue.size(); ++i)
        if (static_cast<std::size_t>(catalogue[i].id) != i) return false;
    return true;
}
static_assert(in_order(), "the catalogue is indexed by the enumeration");
static_assert(catalogue.size() == static_cast<std::size_t>(problem::anomaly_not_found) + 1);

}  // namespace

std::span<problem_entry const> problems() noexcept { return catalogue; }

problem_entry const& entry_of(problem id) noexcept
{
    auto const at = static_cast<std::size_t>(id);
    MB_ASSERT(at < catalogue.size());
    return catalogue[at];
}

}  // namespace mb
