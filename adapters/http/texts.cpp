#include "adapters/http/texts.hpp"

#include "core/domain/base/assert.hpp"

#include <array>
#include <charconv>
#include <cstddef>

namespace mb::http {
namespace {

struct bilingual {
    std::string_view es;
    std::string_view en;
    std::string_view in(language tongue) const noexcept { return tongue == language::en ? en : es; }
};

struct problem_text {
    problem id;
    bilingual text;
};

constexpr auto problem_texts = std::to_array<problem_text>({
    {problem::bad_request, {"La solicitud no es válida", "The request is not valid"}},
    {problem::invalid_json, {"El cuerpo no es JSON válido", "The body is not valid JSON"}},
    {problem::invalid_parameter, {"Un parámetro de la consulta no es válido", "A query parameter is not valid"}},
    {problem::unknown_parameter, {"La consulta lleva un parámetro desconocido", "The query has an unknown parameter"}},
    {problem::invalid_cursor, {"El cursor no es válido para esta consulta", "The cursor is not valid for this query"}},
    {problem::offset_too_deep, {"El desplazamiento es demasiado profundo: usa el cursor", "The offset is too deep: use the cursor"}},
    {problem::validation_failed, {"Los datos no cumplen las reglas", "The input breaks the rules"}},
    {problem::not_authenticated, {"Debes autenticarte para acceder", "You must authenticate to get in"}},
    {problem::invalid_token, {"El token no es válido", "The token is not valid"}},
    {problem::expired_token, {"El token ha expirado", "The token has expired"}},
    {problem::invalid_credentials, {"Credenciales incorrectas", "Wrong credentials"}},
    {problem::concurrent_refresh,
     {"Otra solicitud renovó esta sesión al mismo tiempo: usa el token nuevo",
      "Another request renewed this session at the same time: use the new token"}},
    {problem::token_theft,
     {"Este token ya se había usado: la sesión se ha cerrado por seguridad", "This token had been used before: the session was closed for safety"}},
    {problem::email_not_verified, {"Verifica tu correo antes de iniciar sesión", "Verify your e-mail address before logging in"}},
    {problem::account_disabled, {"La cuenta está deshabilitada", "The account is disabled"}},
    {problem::account_locked,
     {"La cuenta está bloqueada por demasiados intentos fallidos: inténtalo más tarde",
      "The account is locked after too many failed attempts: try again later"}},
    {problem::forbidden, {"No tienes permiso para esta acción", "You are not allowed to do this"}},
    {problem::origin_not_allowed, {"El origen de la solicitud no está permitido", "The origin of the request is not allowed"}},
    {problem::not_found, {"El recurso no existe", "There is no such resource"}},
    {problem::entity_not_found, {"La entidad no existe", "There is no such entity"}},
    {problem::field_not_found, {"El campo no existe", "There is no such field"}},
    {problem::record_not_found, {"El registro no existe", "There is no such record"}},
    {problem::user_not_found, {"El usuario no existe", "There is no such user"}},
    {problem::session_not_found, {"La sesión no existe", "There is no such session"}},
    {problem::method_not_allowed, {"El método no está permitido en esta ruta", "The method is not allowed on this path"}},
    {problem::username_taken, {"El nombre de usuario ya está en uso", "The user name is taken"}},
    {problem::entity_exists, {"Ya existe una entidad con ese nombre", "There is an entity of that name already"}},
    {problem::field_exists, {"Ya existe un campo con ese nombre", "There is a field of that name already"}},
    {problem::duplicate_value, {"Otro registro ya tiene ese valor", "Another record has that value already"}},
    {problem::entity_not_empty,
     {"La entidad tiene registros: confirma con ?confirm=<nombre>", "The entity has records: confirm with ?confirm=<name>"}},
    {problem::limit_reached, {"Se ha alcanzado el límite", "The limit has been reached"}},
    {problem::last_admin, {"No se puede quitar al último administrador", "The last administrator can't be removed"}},
    {problem::unsafe_change, {"El cambio rompería registros existentes", "The change would break existing records"}},
    {problem::conflict, {"La solicitud entra en conflicto con otra", "The request conflicts with another one"}},
    {problem::link_invalid, {"El enlace no es válido o ya se usó", "The link is not valid or was used already"}},
    {problem::precondition_failed, {"El recurso cambió desde que lo leíste", "The resource has changed since you read it"}},
    {problem::precondition_required, {"Esta operación exige If-Match", "This operation needs If-Match"}},
    {problem::body_too_large, {"El cuerpo es demasiado grande", "The body is too large"}},
    {problem::target_too_long, {"La dirección es demasiado larga", "The request target is too long"}},
    {problem::unsupported_media_type,
     {"El tipo de contenido no está soportado: usa application/json", "The content type is not supported: use application/json"}},
    {problem::expectation_failed, {"La cabecera Expect no está soportada", "The Expect header is not supported"}},
    {problem::headers_too_large, {"Las cabeceras son demasiado grandes", "The header is too large"}},
    {problem::too_many_requests, {"Demasiadas solicitudes: espera un momento", "Too many requests: wait a moment"}},
    {problem::request_timeout, {"La solicitud tardó demasiado en llegar", "The request took too long to arrive"}},
    {problem::internal_error, {"Error interno del servidor", "Internal server error"}},
    {problem::not_implemented, {"El método no está implementado", "The method is not implemented"}},
    {problem::http_version_not_supported, {"La versión de HTTP no está soportada", "The HTTP version is not supported"}},
    {problem::overloaded, {"El servidor está sobrecargado: inténtalo en un momento", "The server is overloaded: try again shortly"}},
    {problem::storage_unavailable, {"El almacenamiento no está disponible", "The storage is not available"}},
    {problem::service_unavailable, {"El servicio no está disponible", "The service is not available"}},
    {problem::api_key_not_found, {"La clave de API no existe", "There is no such API key"}},
    {problem::scope_missing, {"La clave de API no tiene el alcance necesario", "The API key lacks the scope that this needs"}},
    {problem::role_not_found, {"El rol no existe", "There is no such role"}},
    {problem::role_exists, {"Ya existe un rol con ese nombre", "There is a role of that name already"}},
    {problem::role_built_in, {"Los roles integrados no se cambian ni se borran", "Built-in roles are neither changed nor deleted"}},
    {problem::role_in_use, {"Hay usuarios con ese rol: confirma con ?confirm=<nombre>", "Users hold this role: confirm with ?confirm=<name>"}},
    {problem::invalid_code, {"El código no es válido o ya se usó", "The code is not valid or was used already"}},
    {problem::step_up_required,
     {"Confirma antes que eres tú: pide un token en /api/v1/mfa/step-up", "Confirm first that it is you: get a token from /api/v1/mfa/step-up"}},
    {problem::second_factor_required, {"La cuenta exige un segundo factor", "The account needs a second factor"}},
    {problem::second_factor_exists, {"La cuenta ya tiene un segundo factor", "The account has a second factor already"}},
    {problem::second_factor_missing, {"La cuenta no tiene un segundo factor", "The account has no second factor"}},
    {problem::anomaly_not_found, {"La anomalía no existe", "There is no such anomaly"}},
});

constexpr bool in_order() noexcept
{
    for (std::size_t i = 0; i < problem_texts.size(); ++i)
        if (static_cast<std::size_t>(problem_texts[i].id) != i) return false;
    return true;
}
static_assert(in_order() && problem_texts.size() == static_cast<std::size_t>(problem::anomaly_not_found) + 1,
              "every problem has its text, in the order of the catalogue");

/// `{}` stands for what the rule wanted.
constexpr bilingual text_for(violation_code code) noexcept
{
    switch (code) {
        case violation_code::required: return {"El campo es obligatorio", "The field is required"};
        case violation_code::unknown_member: return {"El campo no existe", "There is no such field"};
        case violation_code::wrong_type: return {"Se esperaba {}", "Expected {}"};
        case violation_code::wrong_format: return {"El formato no es válido: {}", "The format is not valid: {}"};
        case violation_code::too_short: return {"Debe tener al menos {} caracteres", "Must have at least {} characters"};
        case violation_code::too_long: return {"Debe tener como máximo {} caracteres", "Must have at most {} characters"};
        case violation_code::too_small: return {"Debe ser al menos {}", "Must be at least {}"};
        case violation_code::too_large: return {"Debe ser como máximo {}", "Must be at most {}"};
        case violation_code::too_many: return {"Debe tener como máximo {} elementos", "Must have at most {} items"};
        case violation_code::not_an_option: return {"No es una de las opciones", "Not one of the options"};
        case violation_code::pattern: return {"No cumple el patrón {}", "Does not match the pattern {}"};
        case violation_code::not_null: return {"No puede ser nulo", "Can't be null"};
        case violation_code::too_precise: return {"Debe tener como máximo {} decimales", "Must have at most {} decimals"};
        case violation_code::too_guessable: return {"La contraseña es demasiado fácil de adivinar", "The password is too easy to guess"};
        case violation_code::block_listed: return {"La contraseña es demasiado común", "The password is too common"};
        case violation_code::reserved_name: return {"El nombre está reservado", "The name is reserved"};
        case violation_code::not_allowed_here: return {"No se permite aquí", "Not allowed here"};
        case violation_code::contradiction: return {"Contradice a otro valor", "Contradicts another value"};
        case violation_code::duplicate: return {"Está repetido", "Stands twice"};
    }
    return {"No es válido", "Not valid"};
}

}  // namespace

language language_of(std::string_view accept_language, language server) noexcept
{
    double best = 0;
    language chosen = server;
    while (!accept_language.empty()) {
        auto const comma = accept_language.find(',');
        auto range = accept_language.substr(0, comma);
        accept_language = comma == std::string_view::npos ? std::string_view{} : accept_language.substr(comma + 1);

        while (!range.empty() && range.front() == ' ') range.remove_prefix(1);
        double weight = 1;
        if (auto const q = range.find(";q="); q != std::string_view::npos) {
            auto const digits = range.substr(q + 3);
            if (std::from_chars(digits.data(), digits.data() + digits.size(), weight).ec != std::errc{}) weight = 0;
            range = range.substr(0, q);
        }
        auto const is = [&](char first, char second) {
            return range.size() >= 2 && (range[0] | 0x20) == first && (range[1] | 0x20) == second && (range.size() == 2 || range[2] == '-');
        };
        if (weight > best && (is('e', 'n') || is('e', 's'))) {
            best = weight;
            chosen = is('e', 'n') ? language::en : language::es;
        }
    }
    return chosen;
}

std::string_view text_of(problem why, language tongue) noexcept
{
    auto const at = static_cast<std::size_t>(why);
    MB_ASSERT(at < problem_texts.size());
    return problem_texts[at].text.in(tongue);
}

std::string text_of(violation const& broken, language tongue)
{
    std::string text(text_for(broken.code).in(tongue));
    if (auto const hole = text.find("{}"); hole != std::string::npos) text.replace(hole, 2, broken.expected);
    return text;
}

std::string_view text_of(notice what, language tongue) noexcept
{
    switch (what) {
        case notice::registered:
            return bilingual{"Registro recibido: revisa tu correo para verificar la cuenta",
                             "Registration received: check your mail to verify the account"}
                .in(tongue);
        case notice::email_verified:
            return bilingual{"Correo verificado: ya puedes iniciar sesión", "E-mail verified: you can log in now"}.in(tongue);
        case notice::verification_sent:
            return bilingual{"Si el correo está registrado y sin verificar, recibirás un enlace",
                             "If the address is registered and not verified, you will receive a link"}
                .in(tongue);
        case notice::reset_sent:
            return bilingual{"Si el correo está registrado, recibirás un enlace", "If the address is registered, you will receive a link"}.in(tongue);
        case notice::link_good: return bilingual{"El enlace es válido", "The link is good"}.in(tongue);
        case notice::password_set: return bilingual{"La contraseña se ha cambiado", "The password has been changed"}.in(tongue);
        case notice::logged_in: return bilingual{"Has iniciado sesión", "You are logged in"}.in(tongue);
        case notice::factor_removed: return bilingual{"La verificación en dos pasos está desactivada", "Two-step verification is off"}.in(tongue);
        case notice::unlocked: return bilingual{"Cuenta desbloqueada", "Account unlocked"}.in(tongue);
    }
    return {};
}

}  // namespace mb::http
