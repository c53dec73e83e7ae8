#include "adapters/config/declarations.hpp"

#include "adapters/config/forms.hpp"
#include "adapters/config/row.hpp"

#include <algorithm>

namespace mb::config {
namespace {

using namespace std::chrono_literals;

demand const hard_to_guess{&is_hard_to_guess,
                           {"se puede adivinar (repetición, palabra común o valor de ejemplo): genérelo con `openssl rand -base64 48`",
                            "can be guessed (repetition, common word or example value): make one with `openssl rand -base64 48`"}};
demand const base_url{&is_base_url,
                      {"debe ser una URL como https://app.example.com, sin ruta", "must be a URL like https://app.example.com, without a path"}};

std::vector<declaration> service()
{
    return {
        choice<profile>("ENVIRONMENT", "", {{"production", profile::production}, {"development", profile::development}}, &settings::environment)
            .alias("NODE_ENV")
            .section("Servicio", "Service")
            .without("production en metabuilder-server, development en metabuilder-lab",
                     "production for metabuilder-server, development for metabuilder-lab")
            .means("perfil: qué se puede imprimir y qué valores por omisión valen", "profile: what may be printed, which defaults are allowed"),
        choice<notify::language>("METABUILDER_LANG", "es", {{"es", notify::language::es}, {"en", notify::language::en}}, &settings::tongue)
            .means("idioma de mensajes y registros: es o en", "language of messages and logs: es or en"),
        text("HOST", "127.0.0.1", &settings::host)
            .must(&is_listening_address, "debe ser una dirección IP o localhost", "must be an IP address or localhost")
            .means("dirección en la que se escucha", "address to listen on"),
        integer("PORT", "8080", 1, 65535, &settings::port).means("puerto", "port"),
        text("PUBLIC_URL", "", &settings::public_url)
            .must(base_url)
            .without("http://localhost:$PORT", "http://localhost:$PORT")
            .means("URL con la que los clientes llegan al servidor", "URL under which clients reach the server"),
        text("FRONTEND_URL", "", &settings::frontend_url)
            .must(base_url)
            .without("PUBLIC_URL", "PUBLIC_URL")
            .means("URL de los enlaces que van por correo", "URL of the links that go out by mail"),
        list("ALLOWED_HOSTS", &settings::allowed_hosts)
            .must(&is_host_name, "debe contener nombres de host sin puerto, separados por comas",
                  "must hold host names without port, separated by commas")
            .without("el host de PUBLIC_URL (y en el laboratorio los de loopback)", "the host of PUBLIC_URL (and in the lab those of loopback)")
            .means("valores admitidos del campo Host", "accepted values of the Host field"),
        list("TRUSTED_PROXIES", &settings::trusted_proxies)
            .must(&is_address_block, "debe contener direcciones IP o bloques CIDR, separados por comas",
                  "must hold IP addresses or CIDR blocks, separated by commas")
            .without("ninguno", "none")
            .means("proxies cuyo campo X-Forwarded-For se cree", "proxies whose field X-Forwarded-For is believed"),
        list("ALLOWED_ORIGINS", &settings::allowed_origins)
            .alias("CORS_ORIGINS")
            .must(&is_origin, "debe contener orígenes exactos como https://app.example.com, separados por comas (* no se admite)",
                  "must hold exact origins like https://app.example.com, separated by commas (* is not accepted)")
            .without("el origen de FRONTEND_URL", "the origin of FRONTEND_URL")
            .means("orígenes que pueden llamar desde un navegador", "origins that may call from a browser"),
        text("TLS_CERT_FILE", "", &settings::tls_certificate_file)
            .without("sin TLS propio", "no native TLS")
            .means("certificado y su cadena, en PEM; SIGHUP lo vuelve a leer", "certificate and its chain, in PEM; SIGHUP reads it again"),
        text("TLS_KEY_FILE", "", &settings::tls_key_file)
            .without("sin TLS propio", "no native TLS")
            .means("su clave, en PEM sin cifrar y cerrada a otros usuarios", "its key, in PEM, not encrypted, and closed to other users"),
        integer("TLS_REDIRECT_PORT", "", 1, 65535, &settings::tls_redirect_port)
            .without("ninguno", "none")
            .means("puerto que redirige de HTTP a HTTPS", "port that redirects from HTTP to HTTPS"),
    };
}

std::vector<declaration> storage()
{
    return {
        text("STATE_DIR", "./var", &settings::state_dir)
            .section("Almacenamiento", "Storage")
            .means("carpeta del archivo SQLite y de los secretos del laboratorio", "folder of the SQLite file and of the lab's secrets"),
        text("DATABASE_URL", "", nullptr)
            .may_hold_password()
            .must(&is_database_url, "debe ser sqlite:RUTA, sqlite::memory: o postgresql://usuario@host/base",
                  "must be sqlite:PATH, sqlite::memory: or postgresql://user@host/database")
            .into([](settings& s, std::string url) {
                if (is_postgresql_url(url)) {
                    s.postgresql = secret{std::move(url)};
                    return;
                }
                url.erase(0, std::string_view{"sqlite:"}.size());
                s.database_path = url == ":memory:" ? "" : std::move(url);
            })
            .without("sqlite:$STATE_DIR/metabuilder.db", "sqlite:$STATE_DIR/metabuilder.db")
            .means("base de datos: sqlite:RUTA, sqlite::memory: o postgresql://usuario:contraseña@host/base?sslmode=verify-full",
                   "database: sqlite:PATH, sqlite::memory: or postgresql://user:password@host/database?sslmode=verify-full"),
        key("DATABASE_READ_URL", 1, &settings::postgresql_reads)
            .must(&is_postgresql_url, "debe empezar por postgresql://", "must begin with postgresql://")
            .without("DATABASE_URL", "DATABASE_URL")
            .means("réplica de PostgreSQL para listas", "replica of PostgreSQL for lists"),
        choice<sqlite_synchronous>("SQLITE_SYNCHRONOUS", "FULL", {{"FULL", sqlite_synchronous::full}, {"NORMAL", sqlite_synchronous::normal}},
                                   &settings::synchronous)
            .means("FULL sobrevive a un corte de corriente; NORMAL puede perder los últimos cambios",
                   "FULL survives a power cut; NORMAL may lose the last changes"),
        integer("DB_CONNECTIONS", "8", 1, 128, &settings::database_connections)
            .means("conexiones: con SQLite las de lectura, con PostgreSQL todas (20 si falta)",
                   "connections: those that read with SQLite, all of them with PostgreSQL (20 if absent)"),
        flag("DB_PREPARED_STATEMENTS", "true", &settings::prepared_statements)
            .means("false detrás de PgBouncer en modo de transacción", "false behind PgBouncer in transaction mode"),
        milliseconds("DB_STATEMENT_TIMEOUT_MS", "10000", 100ms, 10min, &settings::statement_limit)
            .means("PostgreSQL: cuánto puede durar una sentencia", "PostgreSQL: how long a statement may take"),
        milliseconds("DB_LOCK_TIMEOUT_MS", "3000", 50ms, 1min, &settings::lock_wait)
            .means("PostgreSQL: cuánto se espera por una fila", "PostgreSQL: how long to wait for a row"),
        milliseconds("DB_CONNECT_TIMEOUT_MS", "5000", 2s, 1min, &settings::database_connect_wait)
            .means("PostgreSQL: cuánto se espera al conectar", "PostgreSQL: how long to wait while connecting"),
        list("BACKUP_AGE_RECIPIENT", &settings::backup_recipients)
            .must(&is_age_recipient, "debe contener claves públicas de age (age1…), separadas por comas",
                  "must hold public keys of age (age1…), separated by commas")
            .without("las copias no se cifran", "backups are not encrypted")
            .means("para quién se cifran las copias de metabuilder-admin backup", "for whom the copies of metabuilder-admin backup are encrypted"),
        key("REDIS_URL", 1, &settings::redis_url)
            .must(&is_no_rediss_url, "pide TLS, y esta versión no lo incluye para Redis: ponga un stunnel local delante y use redis://127.0.0.1",
                  "asks for TLS, and this build has none for Redis: put a local stunnel in front and use redis://127.0.0.1")
            .must(&is_redis_url, "debe ser redis://[[usuario]:contraseña@]host[:puerto][/base]",
                  "must be redis://[[user]:password@]host[:port][/database]")
            .without("ninguna: la memoria del proceso", "none: the memory of the process")
            .means("memoria compartida entre réplicas: límites, revocación, usos únicos, turnos",
                   "memory shared between replicas: limits, revocation, single uses, turns"),
        milliseconds("REDIS_TIMEOUT_MS", "250", 10ms, 10s, &settings::redis_timeout)
            .means("cuánto se espera a Redis antes de seguir sin él", "how long to wait for Redis before going on without it"),
        milliseconds("REVOCATION_NEAR_CACHE_MS", "0", 0s, 2s, &settings::near_cache)
            .means(
                "con Redis: 0 le pregunta en cada petición si algo se revocó; más, cuánto se cree sin preguntar lo que avisa cuando cambia",
                "with Redis: 0 asks it at each request whether anything was revoked; more: how long to believe, unasked, what tells when it changes"),
    };
}

std::vector<declaration> secrets()
{
    return {
        key("MASTER_KEY", 1, &settings::master_key)
            .into_secret([](settings& s, secret text) { s.master_key = secret{*parse_base64(text.reveal())}; })
            .section("Secretos (cada uno puede darse como NOMBRE_FILE, una ruta)", "Secrets (each can be given as NAME_FILE, a path)")
            .required_in_production()
            .must(&is_master_key, "debe ser 32 bytes en base64: genérelo con `openssl rand -base64 32`",
                  "must be 32 bytes in base64: make one with `openssl rand -base64 32`")
            .must(&is_master_key_hard_to_guess, "se puede adivinar: genérelo con `openssl rand -base64 32`",
                  "can be guessed: make one with `openssl rand -base64 32`")
            .means("clave de la que derivan todas las demás: 32 bytes en base64", "the key that all others derive from: 32 bytes in base64"),
        key("JWT_SECRET", 32, &settings::jwt_secret)
            .alias("JWT_SECRET_KEY")
            .required_in_production()
            .must(hard_to_guess)
            .means("primera clave de firma: 32 caracteres o más", "first signing key: 32 characters or more"),
        key("IP_HASH_SALT", 16, &settings::ip_hash_salt)
            .must(hard_to_guess)
            .without("derivado de MASTER_KEY", "derived from MASTER_KEY")
            .means("clave con la que se ocultan las direcciones IP", "key that addresses are hidden with"),
        key("PASSWORD_PEPPER", 16, &settings::password_pepper)
            .must(hard_to_guess)
            .without("derivado de MASTER_KEY", "derived from MASTER_KEY")
            .means("clave que se mezcla con las contraseñas", "key that is mixed into passwords"),
        key("METRICS_TOKEN", 16, &settings::metrics_token)
            .must(hard_to_guess)
            .without("sólo desde loopback", "from loopback only")
            .means("credencial para leer /metrics", "credential for reading /metrics"),
    };
}

std::vector<declaration> accounts()
{
    return {
        span("JWT_EXPIRY_ACCESS", "15m", 1min, 24h, &settings::access_life)
            .alias("JWT_EXPIRES_IN")
            .section("Cuentas y sesiones", "Accounts and sessions")
            .means("vida de un token de acceso", "life of an access token"),
        span("JWT_EXPIRY_REFRESH", "7d", 1h, 24h * 90, &settings::refresh_life).means("vida de un token de refresco", "life of a refresh token"),
        text("JWT_ISSUER", "", &settings::jwt_issuer)
            .without("PUBLIC_URL", "PUBLIC_URL")
            .means("emisor (iss) de los tokens", "issuer (iss) of the tokens"),
        text("JWT_AUDIENCE", "metabuilder", &settings::jwt_audience).means("audiencia (aud) de los tokens", "audience (aud) of the tokens"),
        milliseconds("ACCESS_OVERLAP_MS", "10000", 0s, 60s, &settings::access_overlap)
            .means("cuánto vale aún el token de acceso anterior tras una rotación", "how long the replaced access token stays good after a rotation"),
        milliseconds("REFRESH_REPLAY_MS", "0", 0s, 60s, &settings::refresh_replay)
            .means("cuánto se repite el mismo sucesor a un refresco repetido", "how long a repeated refresh gets the identical successor"),
        choice<ip_binding>("SESSION_IP_BINDING", "strict", {{"strict", ip_binding::strict}, {"log", ip_binding::log}, {"off", ip_binding::off}},
                           &settings::session_ip)
            .means("si una sesión vale desde otra dirección", "whether a session is good from another address"),
        choice<password_algorithm>("PASSWORD_HASH", "bcrypt", {{"bcrypt", password_algorithm::bcrypt}, {"argon2id", password_algorithm::argon2id}},
                                   &settings::password_hash)
            .means("algoritmo de las contraseñas nuevas", "algorithm of new passwords"),
        integer("BCRYPT_SALT_ROUNDS", "12", 4, 15, &settings::bcrypt_rounds)
            .means("coste de bcrypt (logaritmo; 10 o más en producción)", "cost of bcrypt (logarithm; 10 or more in production)"),
        integer("PASSWORD_MIN", "8", 8, 128, &settings::password_min).means("caracteres mínimos de una contraseña", "least characters of a password"),
        integer("PASSWORD_MIN_SINGLE_FACTOR", "15", 8, 128, &settings::password_min_single_factor)
            .in_development("8")
            .means("lo mismo donde es el único factor (8 en el laboratorio)", "the same where it is the only factor (8 in the lab)"),
        integer("LOCKOUT_FAILURES", "5", 1, 100, &settings::lockout_failures).means("fallos seguidos que bloquean", "failures in a row that lock"),
        span("LOCKOUT_DURATION", "30m", 1min, 24h, &settings::lockout_duration).means("cuánto dura el bloqueo", "how long the lock lasts"),
        text("MFA_ISSUER", "MetaBuilder", &settings::mfa_issuer)
            .must(&is_issuer, "debe tener de 1 a 64 caracteres imprimibles sin dos puntos", "must be 1 to 64 printable characters without a colon")
            .means("nombre que muestra la aplicación de códigos", "name that the app of codes shows"),
        text("ADMIN_EMAIL", "", nullptr)
            .must(&is_email, "debe ser una dirección de correo", "must be an e-mail address")
            .into([](settings& s, std::string address) { s.admin_email = std::move(address); })
            .without("ninguno", "none")
            .means("primer administrador, sólo mientras no haya ninguno", "first administrator, only while there is none"),
        key("ADMIN_PASSWORD", 8, &settings::admin_password).without("ninguna", "none").means("su contraseña", "their password"),
    };
}

std::vector<declaration> limits()
{
    return {
        flag("RATE_LIMIT_ENABLED", "true", &settings::rate_limited)
            .section("Límites", "Limits")
            .means("false es para mediciones y no se admite en producción", "false is for benchmarks and refused in production"),
        allowance("RATE_LIMIT_CREDENTIALS", "10/1m", &settings::credentials_rate)
            .means("ráfaga/periodo en las rutas de credenciales", "burst/period on credentials routes"),
        allowance("RATE_LIMIT_DEFAULT", "300/1m", &settings::default_rate).means("ráfaga/periodo en las demás", "burst/period on the others"),
        integer("RATE_LIMIT_FALLBACK_PERCENT", "50", 1, 100, &settings::fallback_percent)
            .means("parte de cada límite que una réplica concede por sí sola mientras no alcanza Redis",
                   "part of each limit that a replica allows on its own while it can't reach Redis"),
        integer("HTTP_MAX_CONCURRENT", "500", 1, 100'000, &settings::requests_in_work_max).means("peticiones en curso", "requests in work"),
        integer("HTTP_BACKPRESSURE_QUEUE", "200", 0, 100'000, &settings::requests_waiting_max)
            .means("peticiones en espera; después, 503", "requests waiting; past that, 503"),
        integer("HTTP_IO_THREADS", "", 1, 256, &settings::io_threads).without("núcleos", "cores").means("hilos de red", "network threads"),
        integer("HASH_THREADS", "", 1, 64, &settings::hash_threads).without("núcleos", "cores").means("hilos de contraseñas", "password threads"),
    };
}

std::vector<declaration> mail_and_log()
{
    return {
        text("SMTP_URL", "", &settings::smtp_url)
            .section("Correo y registros", "Mail and logs")
            .must(&is_smtp_url, "debe ser smtp://host[:puerto] o smtps://host[:puerto]", "must be smtp://host[:port] or smtps://host[:port]")
            .without("en producción, obligatorio; en el laboratorio los correos van al registro",
                     "required in production; in the lab mails go to the log")
            .means("servidor de correo", "mail server"),
        text("SMTP_USER", "", &settings::smtp_user)
            .alias("GMAIL_USER")
            .without("sin autenticación", "no authentication")
            .means("usuario; con el nombre GMAIL_USER el servidor es el de Gmail", "user; under the name GMAIL_USER the server is Gmail's"),
        key("SMTP_PASSWORD", 1, &settings::smtp_password)
            .alias("GMAIL_APP_PASSWORD")
            .without("ninguna", "none")
            .means("su contraseña", "its password"),
        text("MAIL_FROM", "", &settings::mail_from)
            .must(&is_email, "debe ser una dirección de correo", "must be an e-mail address")
            .without("GMAIL_USER", "GMAIL_USER")
            .means("remitente", "sender"),
        text("SMTP_CA_FILE", "", &settings::smtp_authorities_file)
            .without("las autoridades del sistema", "the authorities of the system")
            .means("certificados en PEM de quien avala al servidor de correo, si no son los del sistema",
                   "certificates in PEM of who vouches for the mail server, in the place of the system's"),
        text("GEOIP_DB", "", &settings::country_file)
            .without("nadie dice de qué país es una dirección", "nobody tells the country of an address")
            .means("base de datos de países en formato MMDB (GeoLite2, DB-IP, IPinfo); SIGHUP la vuelve a leer",
                   "country database in the MMDB format (GeoLite2, DB-IP, IPinfo); SIGHUP reads it again"),
        choice<log_level>("LOG_LEVEL", "info",
                          {{"debug", log_level::debug}, {"info", log_level::info}, {"warning", log_level::warning}, {"error", log_level::error}},
                          &settings::threshold)
            .means("desde qué gravedad se registra", "from which severity on to log"),
        choice<log_format>("LOG_FORMAT", "", {{"text", log_format::text}, {"json", log_format::json}}, &settings::shape)
            .without("text en un terminal, json si no", "text on a terminal, json otherwise")
            .means("forma de los registros", "form of the log"),
    };
}

std::vector<declaration> of_provider(std::string const& prefix, std::string const& name, words section)
{
    std::vector<declaration> all{
        later(prefix + "_CLIENT_ID").section(section.es, section.en).means(name + ": identificador de cliente", name + ": client identifier"),
        later(prefix + "_CLIENT_SECRET").hidden().means(name + ": secreto de cliente", name + ": client secret"),
    };
    for (auto const* part : {"CALLBACK", "AUTHORIZE", "TOKEN", "API"})
        all.push_back(later(prefix + "_" + part + "_URL")
                          .must(&shape::is_web_url, "debe ser una URL http o https", "must be an http or https URL")
                          .means(name + ": URL " + part, name + ": " + part + " URL"));
    return all;
}

std::vector<declaration> coming()
{
    auto all = of_provider("GITHUB", "GitHub", {"Aceptados, y sin efecto en esta versión", "Accepted, and without effect in this version"});
    for (auto& each : of_provider("GOOGLE", "Google", {})) all.push_back(std::move(each));
    for (auto& each : std::vector<declaration>{
             later("M2M_CLIENT_ID").means("primer cliente de máquina", "first machine client"),
             later("M2M_CLIENT_SECRET").hidden().means("su secreto", "its secret"),
             later("PASETO_PRIVATE_KEY").hidden().means("clave de firma PASETO", "PASETO signing key"),
             later("PASETO_PUBLIC_KEY").means("su clave pública", "its public key"),
             later("MEDIA_STORAGE_DIR").without("$STATE_DIR/media", "$STATE_DIR/media").means("carpeta de archivos", "folder of files"),
             later("MEDIA_ENCRYPTION_ENABLED", shape::kind::boolean).without("true", "true").means("cifrar los archivos", "encrypt files"),
             later("MEDIA_ENCRYPTION_KEY").hidden().without("derivada de MASTER_KEY", "derived from MASTER_KEY").means("su clave", "their key"),
             later("MEDIA_MAX_BYTES", shape::kind::integer, reading::size)
                 .without("25MiB", "25MiB")
                 .means("tamaño máximo de un archivo", "largest file"),
         })
        all.push_back(std::move(each));
    return all;
}

std::vector<declaration> make_declarations()
{
    std::vector<declaration> all;
    for (auto const make : {&service, &storage, &secrets, &accounts, &limits, &mail_and_log, &coming})
        for (auto& each : make()) all.push_back(std::move(each));
    return all;
}

}  // namespace

std::span<declaration const> declarations()
{
    static auto const all = make_declarations();
    return all;
}

declaration const* find_declaration(std::string_view name)
{
    for (auto const& each : declarations())
        if (each.name() == name || std::find(each.aliases.begin(), each.aliases.end(), name) != each.aliases.end()) return &each;
    return nullptr;
}

}  // namespace mb::config
