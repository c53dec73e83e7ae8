#include "adapters/outbound/rendering.hpp"

#include "core/domain/base/text.hpp"

#include <array>

namespace mb::outbound {
namespace {

using notify::language;
using notify::message_kind;

struct phrases {
    std::string_view subject;
    std::string_view opening;
    std::string_view instruction;  ///< before the link, or what to do where there is none
    std::string_view closing;
};

constexpr phrases verify_es{
    "Confirma tu dirección de correo", "Alguien, esperamos que tú, ha creado una cuenta de MetaBuilder con esta dirección:",
    "Para confirmarla, abre este enlace y pulsa el botón:", "Si no has sido tú, no hagas nada: sin confirmar, la cuenta no se puede usar."};
constexpr phrases verify_en{
    "Confirm your e-mail address", "Somebody, we hope you, made a MetaBuilder account with this address:",
    "To confirm it, open this link and press the button:", "If it was not you, do nothing: unconfirmed, the account can't be used."};
constexpr phrases known_es{"Ya tienes una cuenta",
                           "Alguien, quizá tú, ha intentado crear una cuenta de MetaBuilder con esta dirección, que ya tiene una:",
                           "Si has sido tú, inicia sesión con tu contraseña de siempre; si la has olvidado, pide una nueva en la página de acceso.",
                           "Si no has sido tú, no hagas nada: tu cuenta no ha cambiado."};
constexpr phrases known_en{"You already have an account",
                           "Somebody, perhaps you, tried to make a MetaBuilder account with this address, which has one already:",
                           "If it was you, log in with the password that you have; if you forgot it, ask for a new one on the login page.",
                           "If it was not you, do nothing: your account has not changed."};

constexpr phrases reset_es{
    "Cambia tu contraseña", "Alguien, esperamos que tú, ha pedido una contraseña nueva para la cuenta de MetaBuilder de esta dirección:",
    "Para elegirla, abre este enlace; sirve una sola vez y durante una hora:", "Si no has sido tú, no hagas nada: tu contraseña no ha cambiado."};
constexpr phrases reset_en{
    "Change your password", "Somebody, we hope you, asked for a new password of the MetaBuilder account of this address:",
    "To choose it, open this link; it works once, for an hour:", "If it was not you, do nothing: your password has not changed."};
constexpr phrases changed_es{"Tu contraseña ha cambiado", "La contraseña de la cuenta de MetaBuilder de esta dirección se acaba de cambiar:",
                             "Las demás sesiones se han cerrado. Si has sido tú, no tienes que hacer nada.",
                             "Si no has sido tú, pide ahora mismo una contraseña nueva en la página de acceso y revisa tu buzón de correo."};
constexpr phrases changed_en{"Your password has changed", "The password of the MetaBuilder account of this address has just been changed:",
                             "The other sessions were ended. If it was you, there is nothing to do.",
                             "If it was not you, ask for a new password on the login page now, and look after your mailbox."};
constexpr phrases magic_es{"Entra con este enlace", "Alguien, esperamos que tú, quiere entrar en la cuenta de MetaBuilder de esta dirección:",
                           "Para entrar, abre este enlace y pulsa el botón; sirve una sola vez y durante diez minutos:",
                           "Si no has sido tú, no hagas nada: sin el enlace no entra nadie."};
constexpr phrases magic_en{"Log in with this link", "Somebody, we hope you, wants to log in to the MetaBuilder account of this address:",
                           "To log in, open this link and press the button; it works once, for ten minutes:",
                           "If it was not you, do nothing: without the link nobody gets in."};
constexpr phrases attempts_es{"Intentos sospechosos", "Alguien ha probado enlaces falsos de la cuenta de MetaBuilder de esta dirección:",
                              "Los hemos bloqueado. Si necesitas otro enlace, pídelo dentro de media hora.",
                              "Tu contraseña no ha cambiado. Si no has sido tú, no tienes que hacer nada."};
constexpr phrases attempts_en{"Suspicious attempts", "Somebody tried false links of the MetaBuilder account of this address:",
                              "We blocked them. If you need another link, ask for it in half an hour.",
                              "Your password has not changed. If it was not you, there is nothing to do."};

constexpr phrases added_es{"Verificación en dos pasos activada",
                           "La cuenta de MetaBuilder de esta dirección pide desde ahora un código además de la contraseña:",
                           "Guarda tus códigos de recuperación: sin ellos y sin tu aplicación de códigos no podrás entrar.",
                           "Si no has sido tú, alguien está dentro de tu cuenta: pide una contraseña nueva y avisa a quien administra el servicio."};
constexpr phrases added_en{"Two-step verification is on",
                           "From now on the MetaBuilder account of this address asks for a code as well as the password:",
                           "Keep your recovery codes: without them and without your code app you can't get in.",
                           "If it was not you, somebody is inside your account: ask for a new password and tell whoever runs the service."};
constexpr phrases removed_es{"Verificación en dos pasos desactivada", "La cuenta de MetaBuilder de esta dirección ya no pide un código para entrar:",
                             "Los códigos de recuperación tampoco sirven ya. Si has sido tú, no tienes que hacer nada.",
                             "Si no has sido tú, cambia ahora mismo tu contraseña, cierra todas las sesiones y vuelve a activarla."};
constexpr phrases removed_en{"Two-step verification is off", "The MetaBuilder account of this address no longer asks for a code:",
                             "The recovery codes are void as well. If it was you, there is nothing to do.",
                             "If it was not you, change your password now, end every session and turn it on again."};
constexpr phrases guesses_es{
    "Alguien conoce tu contraseña",
    "Alguien ha pasado el primer paso del acceso y ha fallado demasiadas veces el código de la cuenta de MetaBuilder de esta dirección:",
    "Hemos bloqueado los códigos por un rato. Cambia tu contraseña si no has sido tú.", "Sin un código válido nadie ha entrado."};
constexpr phrases guesses_en{
    "Somebody knows your password",
    "Somebody got past the first step of the login and failed too often at the code of the MetaBuilder account of this address:",
    "We have locked the codes for a while. Change your password if it was not you.", "Without a valid code nobody got in."};
constexpr phrases recovery_es{"Se ha usado un código de recuperación",
                              "Alguien, esperamos que tú, ha usado un código de recuperación de la cuenta de MetaBuilder de esta dirección:",
                              "Cada código sirve una sola vez. Si te quedan pocos, genera otros en los ajustes de seguridad.",
                              "Si no has sido tú, cambia ahora mismo tu contraseña y genera códigos nuevos."};
constexpr phrases recovery_en{"A recovery code was used", "Somebody, we hope you, used a recovery code of the MetaBuilder account of this address:",
                              "Each code works once. If few are left, make new ones in the security settings.",
                              "If it was not you, change your password now and make new codes."};
constexpr phrases codes_es{"Códigos de recuperación nuevos",
                           "Se han generado códigos de recuperación para la cuenta de MetaBuilder de esta dirección:",
                           "Los anteriores ya no sirven. Si has sido tú, guarda los nuevos en un lugar seguro.",
                           "Si no has sido tú, cambia ahora mismo tu contraseña y cierra todas las sesiones."};
constexpr phrases codes_en{"New recovery codes", "Recovery codes were made for the MetaBuilder account of this address:",
                           "The old ones are void. If it was you, keep the new ones in a safe place.",
                           "If it was not you, change your password now and end every session."};

constexpr phrases barred_es{"Hace falta una contraseña nueva",
                            "Alguien ha probado demasiadas contraseñas seguidas en la cuenta de MetaBuilder de esta dirección:",
                            "Hasta que elijas otra no aceptamos ninguna desde navegadores que no conocemos: pide una nueva en la página de acceso.",
                            "Si no has sido tú, nadie ha entrado: tu contraseña no ha cambiado."};
constexpr phrases barred_en{"A new password is needed", "Somebody tried too many passwords in a row for the MetaBuilder account of this address:",
                            "Until you choose another we accept none from browsers that we don't know: ask for a new one on the login page.",
                            "If it was not you, nobody got in: your password has not changed."};

constexpr phrases device_es{"Nuevo acceso a tu cuenta",
                            "Alguien, esperamos que tú, ha entrado con un navegador que no conocíamos en la cuenta de MetaBuilder de esta dirección:",
                            "Si has sido tú, no tienes que hacer nada. De otros accesos así en las próximas 24 horas no te avisaremos.",
                            "Si no has sido tú, cambia ahora mismo tu contraseña y cierra todas las sesiones."};
constexpr phrases device_en{"New login to your account",
                            "Somebody, we hope you, logged in to the MetaBuilder account of this address with a browser that we did not know:",
                            "If it was you, there is nothing to do. You will not hear of other such logins of the next 24 hours.",
                            "If it was not you, change your password now and end every session."};
constexpr phrases theft_es{
    "Hemos cerrado una sesión tuya",
    "Alguien, quizá una copia, ha usado una llave de sesión que ya estaba gastada en la cuenta de MetaBuilder de esta dirección:",
    "Hemos cerrado esa sesión en todas partes: vuelve a entrar donde la necesites.",
    "A veces basta con que se pierda una respuesta. Si te ocurre otra vez, revisa los dispositivos en los que entras y cambia tu contraseña."};
constexpr phrases theft_en{
    "We ended one of your sessions", "Somebody, perhaps with a copy, used a session key of the MetaBuilder account of this address that was spent:",
    "We ended that session everywhere: log in again where you need it.",
    "An answer that was lost can be enough for it. If it happens again, look after the devices that you log in with, and change your password."};

phrases const& phrases_of(message_kind kind, language tongue) noexcept
{
    bool const spanish = tongue == language::es;
    switch (kind) {
        case message_kind::verify_email: return spanish ? verify_es : verify_en;
        case message_kind::already_registered: return spanish ? known_es : known_en;
        case message_kind::reset_password: return spanish ? reset_es : reset_en;
        case message_kind::password_changed: return spanish ? changed_es : changed_en;
        case message_kind::magic_link: return spanish ? magic_es : magic_en;
        case message_kind::link_attempts: return spanish ? attempts_es : attempts_en;
        case message_kind::factor_added: return spanish ? added_es : added_en;
        case message_kind::factor_removed: return spanish ? removed_es : removed_en;
        case message_kind::factor_attempts: return spanish ? guesses_es : guesses_en;
        case message_kind::recovery_code_used: return spanish ? recovery_es : recovery_en;
        case message_kind::recovery_codes_made: return spanish ? codes_es : codes_en;
        case message_kind::password_attempts: return spanish ? barred_es : barred_en;
        case message_kind::new_device: return spanish ? device_es : device_en;
        case message_kind::token_theft: return spanish ? theft_es : theft_en;
    }
    return spanish ? known_es : known_en;
}

std::string_view path_of(message_kind kind) noexcept
{
    switch (kind) {
        case message_kind::reset_password: return "/api/v1/auth/reset-password";
        case message_kind::magic_link: return "/api/v1/magic/verify";
        default: return "/api/v1/auth/verify-email";
    }
}

/// Unreserved characters stay (RFC 3986 section 2.3).
std::string percent_encoded(std::string_view bytes)
{
    constexpr std::string_view others = "-._~";
    std::string encoded;
    for (char const c : bytes) {
        auto const is_alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (is_alphanumeric || others.find(c) != std::string_view::npos)
            encoded += c;
        else
            encoded.append("%").append(hex({&c, 1}));
    }
    return encoded;
}

/// Thu, 24 Jan 2026 10:30:00 +0000 (RFC 5322 section 3.3)
std::string mail_date(instant at)
{
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    auto const day = std::chrono::floor<std::chrono::days>(at);
    std::chrono::year_month_day const date{day};
    auto const shown = format_rfc3339(at);  // 2026-01-24T10:30:00.000Z
    return std::string(days[std::chrono::weekday{day}.c_encoding()]) + ", " + shown.substr(8, 2) + " " + months[unsigned{date.month()} - 1] + " "
           + shown.substr(0, 4) + " " + shown.substr(11, 8) + " +0000";
}

/// One encoded word (RFC 2047); our subjects fit into its 75 characters.
std::string subject_field(std::string_view subject) { return "=?UTF-8?B?" + base64(subject) + "?="; }

/// Lines of 76 characters (RFC 2045 section 6.8).
std::string in_lines(std::string const& encoded)
{
    std::string lines;
    for (std::size_t at = 0; at < encoded.size(); at += 76) lines.append(encoded, at, 76).append("\r\n");
    return lines;
}

std::string part_of(std::string_view type, std::string_view content)
{
    return "Content-Type: " + std::string(type) + "; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + in_lines(base64(content));
}

}  // namespace

std::string link_of(notify::message const& message, std::string_view frontend_url)
{
    return std::string(frontend_url).append(path_of(message.kind)) + "?token=" + percent_encoded(message.link_token.reveal());
}

std::string escape_html(std::string_view text)
{
    std::string escaped;
    for (char const c : text) switch (c) {
            case '&': escaped += "&amp;"; break;
            case '<': escaped += "&lt;"; break;
            case '>': escaped += "&gt;"; break;
            case '"': escaped += "&quot;"; break;
            case '\'': escaped += "&#39;"; break;
            default: escaped += c;
        }
    return escaped;
}

rendered_mail render(notify::message const& message, std::string_view frontend_url)
{
    auto const& say = phrases_of(message.kind, message.tongue);
    auto const& address = message.recipient.text();
    auto const has_link = !message.link_token.empty();
    auto const link = has_link ? link_of(message, frontend_url) : std::string{};

    rendered_mail made;
    made.subject = say.subject;
    made.text.append(say.opening).append("\n\n    ").append(address).append("\n\n").append(say.instruction).append("\n\n");
    if (has_link) made.text.append("    ").append(link).append("\n\n");
    made.text.append(say.closing).append("\n");

    auto const paragraph = [&](std::string const& content) { made.html.append("<p>").append(content).append("</p>\n"); };
    made.html.append("<!DOCTYPE html>\n<html lang=\"").append(name_of(message.tongue)).append("\">\n<head><meta charset=\"utf-8\"><title>");
    made.html.append(escape_html(say.subject)).append("</title></head>\n<body>\n");
    paragraph(escape_html(say.opening));
    paragraph("<strong>" + escape_html(address) + "</strong>");
    paragraph(escape_html(say.instruction));
    if (has_link) paragraph("<a href=\"" + escape_html(link) + "\">" + escape_html(link) + "</a>");
    paragraph(escape_html(say.closing));
    made.html.append("</body>\n</html>\n");
    return made;
}

std::string mime_of(notify::message const& message, rendered_mail const& mail, std::string_view from)
{
    auto const id = message.id.text();
    auto const boundary = "mb-" + id;  // neither base64 nor a header of ours can hold it
    auto const domain = from.substr(from.find('@') + 1);
    std::string made;
    auto const field = [&](std::string_view name, std::string_view content) { made.append(name).append(": ").append(content).append("\r\n"); };
    field("Date", mail_date(message.created_at));
    field("From", "MetaBuilder <" + std::string(from) + ">");
    field("To", "<" + message.recipient.text() + ">");
    field("Subject", subject_field(mail.subject));
    field("Message-ID", "<" + id + "@" + std::string(domain) + ">");
    field("Auto-Submitted", "auto-generated");  // RFC 3834: no out-of-office answers
    field("MIME-Version", "1.0");
    field("Content-Type", "multipart/alternative;\r\n boundary=\"" + boundary + "\"");
    made.append("\r\n--").append(boundary).append("\r\n").append(part_of("text/plain", mail.text));
    made.append("--").append(boundary).append("\r\n").append(part_of("text/html", mail.html));
    made.append("--").append(boundary).append("--\r\n");
    return made;
}

}  // namespace mb::outbound
