#include "core/domain/base/violation.hpp"

namespace mb {

std::string_view code_of(violation_code code) noexcept
{
    switch (code) {
        case violation_code::required: return "CAMPO_REQUERIDO";
        case violation_code::unknown_member: return "CAMPO_DESCONOCIDO";
        case violation_code::wrong_type: return "TIPO_INVALIDO";
        case violation_code::wrong_format: return "FORMATO_INVALIDO";
        case violation_code::too_short: return "DEMASIADO_CORTO";
        case violation_code::too_long: return "DEMASIADO_LARGO";
        case violation_code::too_small: return "VALOR_MINIMO";
        case violation_code::too_large: return "VALOR_MAXIMO";
        case violation_code::too_many: return "DEMASIADOS_ELEMENTOS";
        case violation_code::not_an_option: return "OPCION_INVALIDA";
        case violation_code::pattern: return "PATRON_NO_CUMPLIDO";
        case violation_code::not_null: return "NULO_NO_PERMITIDO";
        case violation_code::too_precise: return "DEMASIADA_PRECISION";
        case violation_code::too_guessable: return "CONTRASENA_DEBIL";
        case violation_code::block_listed: return "CONTRASENA_COMUN";
        case violation_code::reserved_name: return "NOMBRE_RESERVADO";
        case violation_code::not_allowed_here: return "NO_PERMITIDO_AQUI";
        case violation_code::contradiction: return "CONTRADICCION";
        case violation_code::duplicate: return "VALOR_DUPLICADO";
    }
    return "FORMATO_INVALIDO";
}

std::string pointer_to(std::string_view parent, std::string_view member)
{
    std::string pointer(parent);
    pointer += '/';
    for (char const c : member) {
        if (c == '~')
            pointer += "~0";
        else if (c == '/')
            pointer += "~1";
        else
            pointer += c;
    }
    return pointer;
}

std::string pointer_to(std::string_view parent, std::size_t index) { return pointer_to(parent, std::to_string(index)); }

}  // namespace mb
