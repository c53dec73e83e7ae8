#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mb {

/// Which rule an input broke. Texts es/en live in adapters/http.
enum class violation_code : std::uint8_t {
    required,          ///< CAMPO_REQUERIDO
    unknown_member,    ///< CAMPO_DESCONOCIDO
    wrong_type,        ///< TIPO_INVALIDO      expected = name of the type
    wrong_format,      ///< FORMATO_INVALIDO   expected = name of the format
    too_short,         ///< DEMASIADO_CORTO    limit
    too_long,          ///< DEMASIADO_LARGO    limit
    too_small,         ///< VALOR_MINIMO       limit
    too_large,         ///< VALOR_MAXIMO       limit
    too_many,          ///< DEMASIADOS_ELEMENTOS limit
    not_an_option,     ///< OPCION_INVALIDA
    pattern,           ///< PATRON_NO_CUMPLIDO
    not_null,          ///< NULO_NO_PERMITIDO
    too_precise,       ///< DEMASIADA_PRECISION limit = digits after the point
    too_guessable,     ///< CONTRASENA_DEBIL
    block_listed,      ///< CONTRASENA_COMUN
    reserved_name,     ///< NOMBRE_RESERVADO
    not_allowed_here,  ///< NO_PERMITIDO_AQUI  a member that this type or state can't have
    contradiction,     ///< CONTRADICCION      two members that can't hold together (min above max)
    duplicate,         ///< VALOR_DUPLICADO    another one has this value already
};

std::string_view code_of(violation_code code) noexcept;

/// One broken rule of one member of an input.
struct violation {
    /// JSON Pointer (RFC 6901) into the input: "/email", "/options/2"; "" is the whole input.
    std::string pointer;
    violation_code code;
    /// What the rule wanted, already as text: a limit ("100") or the name of a type or format ("INTEGER", "email").
    std::string expected{};
    friend bool operator==(violation const&, violation const&) = default;
};

/// Never empty where it stands for a refusal.
using violations = std::vector<violation>;

/// Appends one reference token to a JSON Pointer, escaping ~ and / (RFC 6901 section 3).
std::string pointer_to(std::string_view parent, std::string_view member);
std::string pointer_to(std::string_view parent, std::size_t index);

}  // namespace mb
