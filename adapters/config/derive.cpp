#include "adapters/config/derive.hpp"

#include "adapters/config/forms.hpp"

#include <algorithm>
#include <thread>

namespace mb::config {
namespace {

constexpr std::size_t postgresql_connections = 20;

using all_given = std::map<std::string, given>;

std::string const* text_of(all_given const& said, std::string const& name)
{
    auto const at = said.find(name);
    return at == said.end() ? nullptr : &at->second.text;
}

std::string joined(std::vector<std::string> const& items)
{
    std::string all;
    for (auto const& each : items) all += (all.empty() ? "" : ",") + each;
    return all;
}

std::string lower(std::string_view text) { return ascii_lower(text); }

/// @return the names and texts of what was derived, for the list of what is in force
std::map<std::string, std::string> fill_in(settings& into, all_given const& said)
{
    std::map<std::string, std::string> derived;
    auto const is_open = [&](std::string const& name) { return text_of(said, name) == nullptr; };

    if (is_open("PUBLIC_URL"))
        derived["PUBLIC_URL"] = into.public_url =
            (into.tls_certificate_file.empty() ? "http://localhost:" : "https://localhost:") + std::to_string(into.port);
    into.public_url = without_slash(into.public_url);
    if (is_open("FRONTEND_URL")) derived["FRONTEND_URL"] = into.frontend_url = into.public_url;
    into.frontend_url = without_slash(into.frontend_url);
    if (is_open("ALLOWED_HOSTS") && is_base_url(into.public_url)) {
        into.allowed_hosts = {std::string(host_of(into.public_url))};
        if (into.environment == profile::development)
            for (auto const* host : {"localhost", "127.0.0.1", "[::1]"})
                if (std::ranges::find(into.allowed_hosts, host) == into.allowed_hosts.end()) into.allowed_hosts.emplace_back(host);
        derived["ALLOWED_HOSTS"] = joined(into.allowed_hosts);
    }
    for (auto& host : into.allowed_hosts) host = lower(host);
    if (is_open("ALLOWED_ORIGINS")) {
        into.allowed_origins = {lower(into.frontend_url)};
        derived["ALLOWED_ORIGINS"] = into.allowed_origins.front();
    }
    if (is_open("DATABASE_URL")) {
        into.database_path = into.state_dir + "/metabuilder.db";
        derived["DATABASE_URL"] = "sqlite:" + into.database_path;
    }
    if (is_open("DB_CONNECTIONS") && into.postgresql) derived["DB_CONNECTIONS"] = std::to_string(into.database_connections = postgresql_connections);
    if (auto const* url = text_of(said, "DATABASE_URL"); url != nullptr && into.postgresql) derived["DATABASE_URL"] = without_password(*url);
    if (is_open("JWT_ISSUER")) derived["JWT_ISSUER"] = into.jwt_issuer = into.public_url;
    auto const cores = std::clamp(std::thread::hardware_concurrency(), 1U, 64U);
    if (is_open("HTTP_IO_THREADS")) derived["HTTP_IO_THREADS"] = std::to_string(into.io_threads = cores);
    if (is_open("HASH_THREADS")) derived["HASH_THREADS"] = std::to_string(into.hash_threads = cores);

    auto const user = said.find("SMTP_USER");
    if (user != said.end() && user->second.base == "GMAIL_USER") {
        if (is_open("SMTP_URL")) derived["SMTP_URL"] = into.smtp_url = "smtps://smtp.gmail.com:465";
        if (is_open("MAIL_FROM")) derived["MAIL_FROM"] = into.mail_from = into.smtp_user;
    }
    return derived;
}

void check_pair(all_given const& said, std::string const& one, std::string const& other, problems& found)
{
    auto const* missing = text_of(said, one) == nullptr ? &one : &other;
    if ((text_of(said, one) == nullptr) != (text_of(said, other) == nullptr)) {
        auto const& present = missing == &one ? other : one;
        found.add(*missing, {"falta: va junto con " + present, "is missing: it goes with " + present});
    }
}

void check_together(settings const& of, all_given const& said, problems& found)
{
    check_pair(said, "SMTP_USER", "SMTP_PASSWORD", found);
    check_pair(said, "ADMIN_EMAIL", "ADMIN_PASSWORD", found);
    check_pair(said, "M2M_CLIENT_ID", "M2M_CLIENT_SECRET", found);
    check_pair(said, "PASETO_PRIVATE_KEY", "PASETO_PUBLIC_KEY", found);
    check_pair(said, "GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET", found);
    check_pair(said, "GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET", found);
    check_pair(said, "TLS_CERT_FILE", "TLS_KEY_FILE", found);
    if (!of.tls_certificate_file.empty() && of.public_url.starts_with("http://"))
        found.add("PUBLIC_URL", {"debe empezar por https:// donde hay TLS_CERT_FILE", "must begin with https:// where there is TLS_CERT_FILE"});
    if (of.tls_redirect_port != 0 && of.tls_certificate_file.empty())
        found.add("TLS_REDIRECT_PORT", {"no tiene a dónde llevar: falta TLS_CERT_FILE", "leads nowhere: TLS_CERT_FILE is missing"});
    if (of.tls_redirect_port != 0 && of.tls_redirect_port == of.port)
        found.add("TLS_REDIRECT_PORT", {"no puede ser igual que PORT", "can't be the same as PORT"});
    if (of.postgresql_reads && !of.postgresql)
        found.add("DATABASE_READ_URL", {"va junto con DATABASE_URL=postgresql://…", "goes with DATABASE_URL=postgresql://…"});
    if (!of.smtp_url.empty() && of.mail_from.empty() && text_of(said, "MAIL_FROM") == nullptr)
        found.add("MAIL_FROM", {"falta: va junto con SMTP_URL", "is missing: it goes with SMTP_URL"});
    // where either could not be read it is zero, and has its message already
    if (of.refresh_life.count() > 0 && of.access_life >= of.refresh_life)
        found.add("JWT_EXPIRY_REFRESH", {"debe ser mayor que JWT_EXPIRY_ACCESS", "must be more than JWT_EXPIRY_ACCESS"});
    if (of.password_min_single_factor > 0 && of.password_min_single_factor < of.password_min)
        found.add("PASSWORD_MIN_SINGLE_FACTOR", {"no puede ser menor que PASSWORD_MIN", "can't be less than PASSWORD_MIN"});
    if (of.jwt_secret && of.master_key && text_of(said, "JWT_SECRET") != nullptr && text_of(said, "MASTER_KEY") != nullptr
        && *text_of(said, "JWT_SECRET") == *text_of(said, "MASTER_KEY"))
        found.add("JWT_SECRET", {"no puede ser igual que MASTER_KEY", "can't be the same as MASTER_KEY"});
}

void check_profile(settings& of, all_given const& said, problems& found)
{
    if (of.environment == profile::development) {
        if (!of.host.empty() && !is_loopback(of.host))
            found.add("HOST", {"debe ser una dirección de loopback (127.0.0.1, ::1 o localhost) en el perfil development",
                               "must be a loopback address (127.0.0.1, ::1 or localhost) in the development profile"});
        return;
    }
    if (of.smtp_url.empty() && text_of(said, "SMTP_URL") == nullptr)
        found.add("SMTP_URL", {"falta, y es obligatoria en producción: sin ella no salen correos",
                               "is missing, and required in production: without it no mail goes out"});
    if (!of.rate_limited) found.add("RATE_LIMIT_ENABLED", {"no puede ser false en producción", "can't be false in production"});
    if (of.bcrypt_rounds > 0 && of.bcrypt_rounds < 10)
        found.add("BCRYPT_SALT_ROUNDS", {"debe ser 10 como mínimo en producción", "must be 10 or more in production"});
    auto const notice = [&](char const* es, char const* en) { of.notices.push_back(words{es, en}.in(found.tongue())); };
    if (of.public_url.starts_with("http://") && !is_loopback(host_of(of.public_url)))
        notice("PUBLIC_URL no usa https: los navegadores no guardarán las cookies",
               "PUBLIC_URL does not use https: browsers will not keep the cookies");
    if (of.postgresql && is_open_to_the_network(of.postgresql->reveal()))
        notice("DATABASE_URL no verifica el certificado del servidor: añada sslmode=verify-full",
               "DATABASE_URL does not verify the certificate of the server: add sslmode=verify-full");
    if (!of.postgresql && of.database_path.empty())
        notice("DATABASE_URL está en memoria: todo se pierde al terminar", "DATABASE_URL is in memory: everything is lost at the end");
    if (of.synchronous == sqlite_synchronous::normal)
        notice("SQLITE_SYNCHRONOUS=NORMAL puede perder los últimos cambios en un corte de corriente",
               "SQLITE_SYNCHRONOUS=NORMAL may lose the last changes in a power cut");
}

void list_in_force(settings& of, all_given const& said, std::map<std::string, std::string> const& derived)
{
    for (auto const& each : declarations()) {
        auto const at = said.find(each.name());
        if (each.state != support::built && at == said.end()) continue;
        effective shown{each.name(), each.fallback_for(of.environment), origin::fallback};
        if (at != said.end()) shown = {each.name(), each.rule.secret ? "***" : at->second.text, at->second.from};
        if (auto const made = derived.find(each.name()); made != derived.end()) shown.shown = made->second;
        of.in_force.push_back(std::move(shown));
    }
    auto const environment = std::ranges::find(of.in_force, "ENVIRONMENT", &effective::name);
    if (environment != of.in_force.end()) environment->shown = of.environment == profile::production ? "production" : "development";
}

}  // namespace

void derive(settings& into, std::map<std::string, given> const& said, problems& found)
{
    auto const derived = fill_in(into, said);
    check_together(into, said, found);
    check_profile(into, said, found);
    list_in_force(into, said, derived);
}

std::string print(settings const& of)
{
    std::string text;
    for (auto const& each : of.in_force) text.append(each.name).append("=").append(each.shown).append("\n");
    return text;
}

}  // namespace mb::config
