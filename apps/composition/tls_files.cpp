#include "apps/composition/tls_files.hpp"

#include "adapters/config/forms.hpp"
#include "adapters/config/problems.hpp"

#include <utility>

namespace mb::composition {
namespace {

/// Time enough to renew what nobody renews by itself; the alert of deploy/prometheus begins at the same day.
constexpr auto renew_before = std::chrono::days{21};

struct sentence {
    char const* variable;
    config::words what;
};

sentence sentence_of(http::tls_fault fault)
{
    using http::tls_fault;
    auto const certificate = "TLS_CERT_FILE";
    auto const key = "TLS_KEY_FILE";
    switch (fault) {
        case tls_fault::certificate_unreadable:
            return {certificate,
                    {"nombra un archivo que no se puede leer, o de más de 256 KiB: compruebe la ruta y los permisos",
                     "names a file that can't be read, or is above 256 KiB: look at the path and its permissions"}};
        case tls_fault::certificate_malformed:
            return {certificate,
                    {"no contiene sólo certificados en PEM: ponga el del servidor y detrás su cadena (fullchain.pem)",
                     "does not hold certificates in PEM alone: put the server's own, and its chain behind it (fullchain.pem)"}};
        case tls_fault::certificate_weak:
            return {certificate,
                    {"es demasiado débil: pida uno de ECDSA P-256 o RSA de 2048 bits o más, firmado con SHA-256",
                     "is too weak: ask for one of ECDSA P-256 or RSA of 2048 bits or more, signed with SHA-256"}};
        case tls_fault::key_unreadable:
            return {key,
                    {"nombra un archivo que no se puede leer, o de más de 256 KiB: déselo a leer al usuario del servidor",
                     "names a file that can't be read, or is above 256 KiB: let the server's user read it"}};
        case tls_fault::key_exposed:
            return {key,
                    {"está abierto a otros usuarios: ciérrelo con `chmod 600` (640 si lo comparte un grupo)",
                     "is open to other users: close it with `chmod 600` (640 where a group shares it)"}};
        case tls_fault::key_malformed: return {key, {"no contiene una clave privada en PEM", "does not hold a private key in PEM"}};
        case tls_fault::key_encrypted:
            return {key,
                    {"pide una contraseña, y al arrancar nadie la escribe: descífrela con `openssl pkey -in CLAVE -out NUEVA`",
                     "asks for a password, and nobody types it at start: decrypt it with `openssl pkey -in KEY -out NEW`"}};
        case tls_fault::key_unsupported:
            return {key,
                    {"es de un tipo que no se admite: use ECDSA P-256 o RSA de 2048 bits o más",
                     "is of a kind that is not accepted: use ECDSA P-256 or RSA of 2048 bits or more"}};
        case tls_fault::mismatch:
            return {key,
                    {"no es la clave de TLS_CERT_FILE: ponga la que se generó con él", "is not the key of TLS_CERT_FILE: put the one made with it"}};
    }
    return {certificate, {}};
}

std::string day_of(instant at) { return format_rfc3339(at).substr(0, 10); }

std::string_view bare_host(std::string_view host) { return host.starts_with('[') ? host.substr(1, host.size() - 2) : host; }

}  // namespace

tls_reading read_tls(config::settings const& settings, ports::clock const& time)
{
    tls_reading read;
    if (settings.tls_certificate_file.empty()) return read;
    config::problems wrong(settings.tongue);
    auto loaded = http::tls_context::load({settings.tls_certificate_file, settings.tls_key_file}, time);
    if (auto const* fault = std::get_if<http::tls_fault>(&loaded)) {
        auto const [variable, what] = sentence_of(*fault);
        wrong.add(variable, what);
        read.wrong = std::move(wrong).take();
        return read;
    }
    auto context = std::get<0>(std::move(loaded));
    auto const now = time.now();
    auto const unwise = [&](config::words const& what) { read.unwise.push_back("TLS_CERT_FILE " + what.in(settings.tongue)); };
    auto const out_of_time = [&](config::words const& what) {
        if (settings.environment == config::profile::production)
            wrong.add("TLS_CERT_FILE", what);
        else
            unwise(what);
    };
    if (now < context->valid_from()) {
        auto const day = day_of(context->valid_from());
        out_of_time({"no vale hasta el " + day + ": compruebe el reloj, o ponga el anterior",
                     "is not good before " + day + ": look at the clock, or put the one before it"});
    } else if (now > context->valid_until()) {
        auto const day = day_of(context->valid_until());
        out_of_time({"caducó el " + day + ": renuévelo", "expired on " + day + ": renew it"});
    } else if (context->valid_until() - now < renew_before) {
        auto const day = day_of(context->valid_until());
        unwise({"caduca el " + day + ": renuévelo", "expires on " + day + ": renew it"});
    }
    if (auto const host = bare_host(config::host_of(settings.public_url)); !context->names(host))
        unwise({"no nombra a " + std::string(host) + ", el host de PUBLIC_URL: los clientes no lo aceptarán",
                "does not name " + std::string(host) + ", the host of PUBLIC_URL: clients will not accept it"});
    read.wrong = std::move(wrong).take();
    if (read.wrong.empty()) read.context = std::move(context);
    return read;
}

}  // namespace mb::composition
