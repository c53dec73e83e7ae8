#include "adapters/config/declarations.hpp"
#include "adapters/config/load.hpp"
#include "adapters/config/quantities.hpp"
#include "tests/adapters/config/support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace mb;
using namespace mb::config;
using namespace mb::config_testing;
using namespace std::chrono_literals;

TEST_CASE("a production configuration needs its secrets and its mail server, and says so all at once", "[config]")
{
    CHECK(problems_of({})
          == std::vector<std::string>{"❌ Error de configuración: MASTER_KEY falta, y es obligatoria en producción",
                                      "❌ Error de configuración: JWT_SECRET falta, y es obligatoria en producción",
                                      "❌ Error de configuración: SMTP_URL falta, y es obligatoria en producción: sin ella no salen correos"});
    CHECK(problems_of(good_production()).empty());
    CHECK(problems_of({}, profile::development).empty());
}

TEST_CASE("the seed's own example of a message is what the operator reads", "[config]")
{
    CHECK(problems_of(with(good_production(), "JWT_SECRET", "corta"))
          == std::vector<std::string>{"❌ Error de configuración: JWT_SECRET debe tener mínimo 32 caracteres"});
    CHECK(problems_of(with(with(good_production(), "JWT_SECRET", "short"), "METABUILDER_LANG", "en"))
          == std::vector<std::string>{"❌ Configuration error: JWT_SECRET must have at least 32 characters"});
}

TEST_CASE("each bad value is refused with exactly the message that names its variable", "[config]")
{
    struct row {
        std::string name, value, message;
        profile which = profile::production;
    };
    auto const lab = profile::development;
    auto const base_url = "debe ser una URL como https://app.example.com, sin ruta";
    auto const span_form = "debe ser una duración como 900s, 15m, 12h o 7d";
    auto const rate_form = "debe ser ráfaga/periodo como 10/1m, con un periodo de 1s a 24h";
    auto const origins = "debe contener orígenes exactos como https://app.example.com, separados por comas (* no se admite)";
    auto const hosts = "debe contener nombres de host sin puerto, separados por comas";
    auto const proxies = "debe contener direcciones IP o bloques CIDR, separados por comas";
    auto const guessable = "se puede adivinar (repetición, palabra común o valor de ejemplo): genérelo con `openssl rand -base64 48`";
    auto const not_a_key = "debe ser 32 bytes en base64: genérelo con `openssl rand -base64 32`";
    auto const redis_form = "debe ser redis://[[usuario]:contraseña@]host[:puerto][/base]";
    auto const control = "no puede contener caracteres de control ni bytes que no sean UTF-8";
    std::vector<row> const rows{
        {"ENVIRONMENT", "staging", "debe ser una de: production, development"},
        {"NODE_ENV", "test", "debe ser una de: production, development"},
        {"METABUILDER_LANG", "fr", "debe ser una de: es, en"},
        {"HOST", "example.com", "debe ser una dirección IP o localhost"},
        {"HOST", "256.1.1.1", "debe ser una dirección IP o localhost"},
        {"HOST", "0.0.0.0", "debe ser una dirección de loopback (127.0.0.1, ::1 o localhost) en el perfil development", lab},
        {"HOST", "192.168.1.2", "debe ser una dirección de loopback (127.0.0.1, ::1 o localhost) en el perfil development", lab},
        {"PORT", "0", "debe ser 1 como mínimo"},
        {"PORT", "65536", "debe ser 65535 como máximo"},
        {"PORT", "80a", "debe ser un número entero"},
        {"PORT", "0x50", "debe ser un número entero"},
        {"PORT", " 80", "debe ser un número entero"},
        {"PORT", "99999999999999999999", "debe ser un número entero"},
        {"PUBLIC_URL", "example.com", base_url},
        {"PUBLIC_URL", "ftp://example.com", base_url},
        {"PUBLIC_URL", "https://example.com/app", base_url},
        {"PUBLIC_URL", "https://user:pw@example.com", base_url},
        {"PUBLIC_URL", "https://", base_url},
        {"FRONTEND_URL", "https://exa mple.com", base_url},
        {"FRONTEND_URL", "https://example.com:99999", base_url},
        {"ALLOWED_HOSTS", "example.com:8080", hosts},
        {"ALLOWED_HOSTS", "example.com,,x", hosts},
        {"TRUSTED_PROXIES", "10.0.0.0/33", proxies},
        {"TRUSTED_PROXIES", "10.0.0.1,proxy.example.com", proxies},
        {"ALLOWED_ORIGINS", "*", origins},
        {"ALLOWED_ORIGINS", "*", origins, lab},
        {"ALLOWED_ORIGINS", "null", origins},
        {"CORS_ORIGINS", "https://example.com/", origins},
        {"ALLOWED_ORIGINS", "https://Example.com", origins},
        {"TLS_REDIRECT_PORT", "0", "debe ser 1 como mínimo"},
        {"TLS_REDIRECT_PORT", "65536", "debe ser 65535 como máximo"},
        {"TLS_REDIRECT_PORT", "80", "no tiene a dónde llevar: falta TLS_CERT_FILE"},
        {"DATABASE_URL", "mysql://x", "debe ser sqlite:RUTA, sqlite::memory: o postgresql://usuario@host/base"},
        {"DATABASE_URL", "sqlite:", "debe ser sqlite:RUTA, sqlite::memory: o postgresql://usuario@host/base"},
        {"DATABASE_URL", "postgresql:db", "debe ser sqlite:RUTA, sqlite::memory: o postgresql://usuario@host/base"},
        {"DATABASE_READ_URL", "sqlite:x", "debe empezar por postgresql://"},
        {"DATABASE_READ_URL", "postgresql://replica/x", "va junto con DATABASE_URL=postgresql://…"},
        {"DB_STATEMENT_TIMEOUT_MS", "99", "debe ser 100 como mínimo"},
        {"DB_LOCK_TIMEOUT_MS", "49", "debe ser 50 como mínimo"},
        {"DB_CONNECT_TIMEOUT_MS", "1999", "debe ser 2000 como mínimo"},
        {"DB_PREPARED_STATEMENTS", "sí", "debe ser true o false"},
        {"REDIS_URL", "http://redis", redis_form},
        {"REDIS_URL", "redis://", redis_form},
        {"REDIS_URL", "redis://user@cache", redis_form},
        {"REDIS_URL", "redis://:@cache", redis_form},
        {"REDIS_URL", "redis://cache:0", redis_form},
        {"REDIS_URL", "redis://cache:65536", redis_form},
        {"REDIS_URL", "redis://cache/x", redis_form},
        {"REDIS_URL", "redis://cache/65536", redis_form},
        {"REDIS_URL", "rediss://cache", "pide TLS, y esta versión no lo incluye para Redis: ponga un stunnel local delante y use redis://127.0.0.1"},
        {"REDIS_TIMEOUT_MS", "fast", "debe ser un número entero de milisegundos"},
        {"SQLITE_SYNCHRONOUS", "OFF", "debe ser una de: FULL, NORMAL"},
        {"SQLITE_SYNCHRONOUS", "full", "debe ser una de: FULL, NORMAL"},
        {"BACKUP_AGE_RECIPIENT", "AGE-SECRET-KEY-1" + std::string(58, 'Q'), "debe contener claves públicas de age (age1…), separadas por comas"},
        {"BACKUP_AGE_RECIPIENT", "age1" + std::string(57, 'q'), "debe contener claves públicas de age (age1…), separadas por comas"},
        {"BACKUP_AGE_RECIPIENT", "age1" + std::string(59, 'q'), "debe contener claves públicas de age (age1…), separadas por comas"},
        {"BACKUP_AGE_RECIPIENT", "age1" + std::string(57, 'q') + "b", "debe contener claves públicas de age (age1…), separadas por comas"},
        {"DB_CONNECTIONS", "0", "debe ser 1 como mínimo"},
        {"DB_CONNECTIONS", "129", "debe ser 128 como máximo"},
        {"MASTER_KEY", "corta", not_a_key},
        {"MASTER_KEY", "q1m9Yk0vZt7eR3xUuXcB5nHfJ8wLs2aDgPzQoE4iKM==", not_a_key},
        {"MASTER_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "se puede adivinar: genérelo con `openssl rand -base64 32`"},
        {"MASTER_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "se puede adivinar: genérelo con `openssl rand -base64 32`"},
        {"JWT_SECRET", std::string(31, 'x'), "debe tener mínimo 32 caracteres"},
        {"JWT_SECRET", std::string(32, 'x'), guessable},
        {"JWT_SECRET", "0a1b2c3d4e5f0a1b2c3d4e5f0a1b2c3d4e5f", guessable},
        {"JWT_SECRET", "Kq3-my-super-SECRET-key-for-jwt-tokens-9Z", guessable},
        {"JWT_SECRET", "changeme-Kq3vB7nXw0LmTtYc6sB1hGd9uJf", guessable},
        {"JWT_SECRET_KEY", "your-jwt-Kq3vB7nXw0LmTtYc6sB1hGd9uJf", guessable},
        {"JWT_SECRET", "abcdefghijklmnopqrstuvwxyz0123456789", guessable},
        {"JWT_SECRET", "Kq3vB7nX\nw0LmTtYc6sB1hGd9uJfE2a_oPi5", control},
        {"IP_HASH_SALT", "sal", "debe tener mínimo 16 caracteres"},
        {"PASSWORD_PEPPER", "pppppppppppppppppp", guessable},
        {"METRICS_TOKEN", "Kq3vB7nXw0LmTtY", "debe tener mínimo 16 caracteres"},
        {"JWT_EXPIRY_ACCESS", "15", span_form},
        {"JWT_EXPIRY_ACCESS", "15 m", span_form},
        {"JWT_EXPIRY_ACCESS", "-15m", span_form},
        {"JWT_EXPIRES_IN", "1.5h", span_form},
        {"JWT_EXPIRY_ACCESS", "59s", "debe ser 1m como mínimo"},
        {"JWT_EXPIRY_ACCESS", "1441m", "debe ser 1d como máximo"},
        {"JWT_EXPIRY_REFRESH", "91d", "debe ser 90d como máximo"},
        {"ACCESS_OVERLAP_MS", "10s", "debe ser un número entero de milisegundos"},
        {"ACCESS_OVERLAP_MS", "60001", "debe ser 60000 como máximo"},
        {"REFRESH_REPLAY_MS", "-1", "debe ser un número entero de milisegundos"},
        {"SESSION_IP_BINDING", "loose", "debe ser una de: strict, log, off"},
        {"PASSWORD_HASH", "md5", "debe ser una de: bcrypt, argon2id"},
        {"BCRYPT_SALT_ROUNDS", "9", "debe ser 10 como mínimo en producción"},
        {"BCRYPT_SALT_ROUNDS", "3", "debe ser 4 como mínimo", lab},
        {"BCRYPT_SALT_ROUNDS", "16", "debe ser 15 como máximo"},
        {"PASSWORD_MIN", "7", "debe ser 8 como mínimo"},
        {"LOCKOUT_FAILURES", "0", "debe ser 1 como mínimo"},
        {"LOCKOUT_DURATION", "1441m", "debe ser 1d como máximo"},
        {"RATE_LIMIT_ENABLED", "false", "no puede ser false en producción"},
        {"RATE_LIMIT_ENABLED", "no", "debe ser true o false"},
        {"RATE_LIMIT_CREDENTIALS", "10", rate_form},
        {"RATE_LIMIT_CREDENTIALS", "0/1m", rate_form},
        {"RATE_LIMIT_DEFAULT", "300/25h", rate_form},
        {"HTTP_MAX_CONCURRENT", "0", "debe ser 1 como mínimo"},
        {"HTTP_BACKPRESSURE_QUEUE", "100001", "debe ser 100000 como máximo"},
        {"HTTP_IO_THREADS", "257", "debe ser 256 como máximo"},
        {"HASH_THREADS", "65", "debe ser 64 como máximo"},
        {"SMTP_URL", "mail.example.com", "debe ser smtp://host[:puerto] o smtps://host[:puerto]"},
        {"SMTP_URL", "smtp://u:hunter2hunter2@mail.example.com", "debe ser smtp://host[:puerto] o smtps://host[:puerto]"},
        {"MAIL_FROM", "no-reply", "debe ser una dirección de correo"},
        {"MAIL_FROM", "a@example.com, b@example.com", "debe ser una dirección de correo"},
        {"LOG_LEVEL", "verbose", "debe ser una de: debug, info, warning, error"},
        {"LOG_FORMAT", "xml", "debe ser una de: text, json"},
        {"GITHUB_TOKEN_URL", "javascript:alert(1)", "debe ser una URL http o https"},
        {"MEDIA_MAX_BYTES", "25MB", "debe ser un tamaño como 65536, 64KiB o 25MiB"},
        {"MEDIA_ENCRYPTION_ENABLED", "1", "debe ser true o false"},
        {"STATE_DIR", "a\x1b[31m", control},
        {"STATE_DIR", "\xff", control},
    };
    for (auto const& [name, value, message, which] : rows) {
        auto environment = which == profile::production ? good_production() : variables{};
        if (name == "JWT_SECRET_KEY") environment.erase("JWT_SECRET");
        environment[name] = value;
        auto const found = problems_of(environment, which);
        INFO(name << "=" << value);
        CHECK(found == std::vector<std::string>{"❌ Error de configuración: " + name + " " + message});
    }
}

TEST_CASE("settings that go together are missed, and those that can't are refused", "[config]")
{
    struct row {
        std::string name, value, message;
    };
    for (auto const& [name, value, message] : {
             row{"SMTP_USER", "u", "SMTP_PASSWORD falta: va junto con SMTP_USER"},
             row{"SMTP_PASSWORD", "Kq3vB7nXw0", "SMTP_USER falta: va junto con SMTP_PASSWORD"},
             row{"ADMIN_EMAIL", "a@example.com", "ADMIN_PASSWORD falta: va junto con ADMIN_EMAIL"},
             row{"ADMIN_PASSWORD", "Kq3vB7nXw0", "ADMIN_EMAIL falta: va junto con ADMIN_PASSWORD"},
             row{"M2M_CLIENT_ID", "c", "M2M_CLIENT_SECRET falta: va junto con M2M_CLIENT_ID"},
             row{"PASETO_PUBLIC_KEY", "k", "PASETO_PRIVATE_KEY falta: va junto con PASETO_PUBLIC_KEY"},
             row{"GITHUB_CLIENT_ID", "c", "GITHUB_CLIENT_SECRET falta: va junto con GITHUB_CLIENT_ID"},
             row{"GOOGLE_CLIENT_SECRET", "c", "GOOGLE_CLIENT_ID falta: va junto con GOOGLE_CLIENT_SECRET"},
             row{"MAIL_FROM", "", "MAIL_FROM falta: va junto con SMTP_URL"},
             row{"PASSWORD_MIN", "16", "PASSWORD_MIN_SINGLE_FACTOR no puede ser menor que PASSWORD_MIN"},
             row{"JWT_SECRET", master, "JWT_SECRET no puede ser igual que MASTER_KEY"},
             row{"JWT_SECRET_KEY", "Kq3vB7nXw0LmTtYc6sB1hGd9uJfE2a_oPi5", "JWT_SECRET_KEY contradice a JWT_SECRET: use sólo una de las dos"},
         }) {
        INFO(name);
        CHECK(problems_of(with(good_production(), name, value)) == std::vector<std::string>{"❌ Error de configuración: " + message});
    }
    auto longer = with(good_production(), "JWT_EXPIRY_ACCESS", "60m");
    longer["JWT_EXPIRY_REFRESH"] = "1h";
    CHECK(problems_of(longer) == std::vector<std::string>{"❌ Error de configuración: JWT_EXPIRY_REFRESH debe ser mayor que JWT_EXPIRY_ACCESS"});
}

TEST_CASE("all problems are told at once", "[config]")
{
    auto const found = problems_of({{"PORT", "x"}, {"JWT_SECRET", "y"}, {"JWT_SECERT", "z"}, {"LOG_LEVEL", "w"}, {"RATE_LIMIT_ENABLED", "false"}});
    CHECK(found.size() == 7);  // and MASTER_KEY and SMTP_URL
}

TEST_CASE("the defaults are those of the contract", "[config]")
{
    auto const lab = loaded({});
    CHECK(lab.environment == profile::development);
    CHECK(lab.host == "127.0.0.1");
    CHECK(lab.port == 8080);
    CHECK(lab.public_url == "http://localhost:8080");
    CHECK(lab.frontend_url == lab.public_url);
    CHECK(lab.allowed_hosts == std::vector<std::string>{"localhost", "127.0.0.1", "[::1]"});
    CHECK(lab.allowed_origins == std::vector<std::string>{"http://localhost:8080"});
    CHECK(lab.trusted_proxies.empty());
    CHECK(lab.state_dir == "./var");
    CHECK(lab.database_path == "./var/metabuilder.db");
    CHECK(lab.synchronous == sqlite_synchronous::full);
    CHECK(lab.database_connections == 8);
    CHECK_FALSE(lab.redis_url);
    CHECK(lab.redis_timeout == 250ms);
    CHECK(lab.near_cache == 0ms);
    CHECK(lab.fallback_percent == 50);
    CHECK_FALSE(lab.master_key);
    CHECK_FALSE(lab.jwt_secret);
    CHECK(lab.access_life == 15min);
    CHECK(lab.refresh_life == 24h * 7);
    CHECK(lab.jwt_issuer == lab.public_url);
    CHECK(lab.jwt_audience == "metabuilder");
    CHECK(lab.access_overlap == 10s);
    CHECK(lab.refresh_replay == 0s);
    CHECK(lab.session_ip == ip_binding::strict);
    CHECK(lab.password_hash == password_algorithm::bcrypt);
    CHECK(lab.bcrypt_rounds == 12);
    CHECK(lab.password_min == 8);
    CHECK(lab.password_min_single_factor == 8);
    CHECK(lab.lockout_failures == 5);
    CHECK(lab.lockout_duration == 30min);
    CHECK(lab.rate_limited);
    CHECK(lab.credentials_rate == rate{10, 1min});
    CHECK(lab.default_rate == rate{300, 1min});
    CHECK(lab.requests_in_work_max == 500);
    CHECK(lab.requests_waiting_max == 200);
    CHECK(lab.io_threads >= 1);
    CHECK(lab.hash_threads >= 1);
    CHECK(lab.smtp_url.empty());
    CHECK(lab.threshold == log_level::info);
    CHECK(lab.shape == log_format::by_terminal);
    CHECK(lab.tongue == notify::language::es);
    CHECK(lab.notices.empty());

    auto const production = loaded(good_production(), profile::production);
    CHECK(production.password_min_single_factor == 15);
    CHECK(production.allowed_hosts == std::vector<std::string>{"localhost"});
    CHECK(production.master_key->size() == 32);
    CHECK(production.jwt_secret->same(secret{std::string_view{jwt}}));
}

TEST_CASE("with a certificate the server calls itself https, and plain text is led there where a port is given for it", "[config]")
{
    variables const both{{"TLS_CERT_FILE", "/c.pem"}, {"TLS_KEY_FILE", "/k.pem"}};
    auto const lab = loaded(with(both, "TLS_REDIRECT_PORT", "8081"));
    CHECK(lab.public_url == "https://localhost:8080");
    CHECK(lab.jwt_issuer == lab.public_url);
    CHECK(lab.tls_certificate_file == "/c.pem");
    CHECK(lab.tls_key_file == "/k.pem");
    CHECK(lab.tls_redirect_port == 8081);
    CHECK(loaded({}).tls_redirect_port == 0);
    for (auto const& [wrong, named] :
         std::vector<std::pair<variables, std::string>>{{{{"TLS_CERT_FILE", "/c.pem"}}, "TLS_KEY_FILE"},
                                                        {{{"TLS_KEY_FILE", "/k.pem"}}, "TLS_CERT_FILE"},
                                                        {with(both, "PUBLIC_URL", "http://localhost:8080"), "PUBLIC_URL"},
                                                        {with(both, "TLS_REDIRECT_PORT", "8080"), "TLS_REDIRECT_PORT"}}) {
        auto const told = problems_of(wrong, profile::development);
        REQUIRE(told.size() == 1);
        CHECK(told.front().find(named + " ") != std::string::npos);
    }
}

TEST_CASE("values are read, aliases count, and what depends on others follows", "[config]")
{
    auto const read = loaded({{"NODE_ENV", "development"},
                              {"PORT", "3000"},
                              {"HOST", "::1"},
                              {"FRONTEND_URL", "https://App.example.com/"},
                              {"PUBLIC_URL", "https://api.example.com/"},
                              {"DATABASE_URL", "sqlite::memory:"},
                              {"JWT_EXPIRES_IN", "900s"},
                              {"REFRESH_REPLAY_MS", "250"},
                              {"RATE_LIMIT_CREDENTIALS", "3/90s"},
                              {"RATE_LIMIT_ENABLED", "false"},
                              {"TRUSTED_PROXIES", "10.0.0.0/8, ::1"},
                              {"HTTP_BACKPRESSURE_QUEUE", "0"},
                              {"LOG_LEVEL", ""},
                              {"LOG_FORMAT", "json"}},
                             profile::production);
    CHECK(read.environment == profile::development);
    CHECK(read.host == "::1");
    CHECK(read.public_url == "https://api.example.com");
    CHECK(read.frontend_url == "https://App.example.com");
    CHECK(read.allowed_origins == std::vector<std::string>{"https://app.example.com"});
    CHECK(read.allowed_hosts.front() == "api.example.com");
    CHECK(read.database_path.empty());
    CHECK(read.access_life == 15min);
    CHECK(read.refresh_replay == 250ms);
    CHECK(read.credentials_rate == rate{3, 90s});
    CHECK_FALSE(read.rate_limited);
    CHECK(read.trusted_proxies == std::vector<std::string>{"10.0.0.0/8", "::1"});
    CHECK(read.requests_waiting_max == 0);
    CHECK(read.threshold == log_level::info);
    CHECK(read.shape == log_format::json);
}

TEST_CASE("the names of seed 004 send mail through Gmail", "[config]")
{
    auto environment = good_production();
    environment.erase("SMTP_URL");
    environment.erase("MAIL_FROM");
    environment["GMAIL_USER"] = "someone@gmail.com";
    environment["GMAIL_APP_PASSWORD"] = "abcd efgh ijkl mnop";
    auto const read = loaded(environment, profile::production);
    CHECK(read.smtp_url == "smtps://smtp.gmail.com:465");
    CHECK(read.smtp_user == "someone@gmail.com");
    CHECK(read.mail_from == "someone@gmail.com");
    CHECK(read.smtp_password->reveal() == "abcd efgh ijkl mnop");
}

TEST_CASE("limits hold at n and not at n + 1", "[config]")
{
    for (auto const& [name, good, bad] : std::vector<std::tuple<std::string, std::string, std::string>>{
             {"PORT", "65535", "65536"},
             {"PORT", "1", "0"},
             {"JWT_EXPIRY_ACCESS", "60s", "59s"},
             {"JWT_EXPIRY_ACCESS", "24h", "86401s"},
             {"ACCESS_OVERLAP_MS", "60000", "60001"},
             {"BCRYPT_SALT_ROUNDS", "15", "16"},
             {"BCRYPT_SALT_ROUNDS", "10", "9"},
             {"RATE_LIMIT_DEFAULT", "1000000/24h", "1000001/24h"},
             {"DB_CONNECTIONS", "128", "129"},
             {"REDIS_TIMEOUT_MS", "10", "9"},
             {"REVOCATION_NEAR_CACHE_MS", "2000", "2001"},
             {"REDIS_TIMEOUT_MS", "10000", "10001"},
             {"RATE_LIMIT_FALLBACK_PERCENT", "1", "0"},
             {"RATE_LIMIT_FALLBACK_PERCENT", "100", "101"},
             {"REDIS_URL", "redis://cache:65535/65535", "redis://cache:65535/65536"},
             {"IP_HASH_SALT", "Kq3vB7nXw0LmTtYc", "Kq3vB7nXw0LmTtY"},
         }) {
        INFO(name);
        CHECK(problems_of(with(good_production(), name, good)).empty());
        CHECK(problems_of(with(good_production(), name, bad)).size() == 1);
    }
}

TEST_CASE("names of the environment that look like ours are refused, and others are none of our business", "[config]")
{
    for (auto const* name : {"METABUILDER_LANGUAGE", "METABUILDER_X", "JWT_SECRETS", "JWT_SECERT", "DATABASE_URI", "PUBLIC_URLS", "RATE_LIMIT_ENABLE",
                             "MASTERKEY", "LOGLEVEL", "ALLOWED_ORIGIN"}) {
        INFO(name);
        auto const found = problems_of(with(good_production(), name, "canary-value"));
        REQUIRE(found.size() == 1);
        CHECK(found.front().find(std::string(name) + " no es una variable conocida") != std::string::npos);
        CHECK(found.front().find("canary-value") == std::string::npos);
    }
    for (auto const* name :
         {"HOME", "PATH", "POST", "SHELL", "LANG", "LANGUAGE", "MAIL", "HOSTNAME", "SUPPORT", "GITHUB_TOKEN", "GITHUB_SHA", "_", "http_proxy",
          "STATE_DIRECTORY", "METABUILDER_SERVICE_HOST", "METABUILDER_PORT_8080_TCP_ADDR", "JWT", "LOGNAME", "DBUS_SESSION"}) {
        INFO(name);
        CHECK(problems_of(with(good_production(), name, "x")).empty());
    }
    CHECK(problems_of(with(good_production(), "JWT_SECERT", "x")).front()
          == "❌ Error de configuración: JWT_SECERT no es una variable conocida (¿quiso decir JWT_SECRET?)");
}

TEST_CASE("what a later version will use is accepted and said", "[config]")
{
    auto const read = loaded({{"GITHUB_CLIENT_ID", "c"}, {"GITHUB_CLIENT_SECRET", "canary-s"}});
    CHECK(read.notices
          == std::vector<std::string>{"GITHUB_CLIENT_ID se acepta, pero no tiene efecto en esta versión",
                                      "GITHUB_CLIENT_SECRET se acepta, pero no tiene efecto en esta versión"});
}

TEST_CASE("unwise but allowed production settings are noticed", "[config]")
{
    auto environment = good_production();
    environment["PUBLIC_URL"] = "http://api.example.com";
    environment["DATABASE_URL"] = "sqlite::memory:";
    environment["SQLITE_SYNCHRONOUS"] = "NORMAL";
    CHECK(loaded(environment, profile::production).notices.size() == 3);
}

TEST_CASE("no secret appears in any message or in what is printed", "[config]")
{
    std::string const canary = "CANARY" + std::string(2000, 'q');  // too long, too monotonous: refused wherever there is a rule
    for (auto const& each : declarations()) {
        if (!each.rule.secret) continue;
        for (auto const which : {profile::production, profile::development})
            for (auto const& message : problems_of(with(good_production(), each.name(), canary), which)) {
                INFO(message);
                CHECK(message.find("CANARY") == std::string::npos);
            }
    }
    variables environment = good_production();
    environment["SMTP_USER"] = "user";
    for (auto const* name : {"SMTP_PASSWORD", "ADMIN_PASSWORD", "IP_HASH_SALT", "PASSWORD_PEPPER", "METRICS_TOKEN", "M2M_CLIENT_SECRET",
                             "PASETO_PRIVATE_KEY", "GITHUB_CLIENT_SECRET", "GOOGLE_CLIENT_SECRET", "MEDIA_ENCRYPTION_KEY"})
        environment[name] = "CANARY-3vB7nXw0LmTtYc6sB1hGd9uJfE2a_oPi5";
    environment["REDIS_URL"] = "redis://:CANARY@cache";
    environment["DATABASE_URL"] = "postgresql://u:CANARY@db/x?application_name=y&password=CANARY";
    environment["DATABASE_READ_URL"] = "postgresql://u:CANARY@db/x";
    for (auto const* name : {"M2M_CLIENT_ID", "PASETO_PUBLIC_KEY", "GITHUB_CLIENT_ID", "GOOGLE_CLIENT_ID"}) environment[name] = "id";
    environment["ADMIN_EMAIL"] = "a@example.com";
    auto const read = loaded(environment, profile::production);
    auto const shown = print(read);
    CHECK(shown.find("CANARY") == std::string::npos);
    CHECK(shown.find(master) == std::string::npos);
    CHECK(shown.find(jwt) == std::string::npos);
    for (auto const& each : read.notices) CHECK(each.find("CANARY") == std::string::npos);
    CHECK(shown.find("\nJWT_SECRET=***\n") != std::string::npos);
    CHECK(shown.find("ENVIRONMENT=production\n") == 0);
    CHECK(shown.find("\nPUBLIC_URL=http://localhost:8080\n") != std::string::npos);
    CHECK(shown.find("\nREDIS_URL=***\n") != std::string::npos);
    CHECK(shown.find("\nDATABASE_URL=postgresql://u:***@db/x?application_name=y&password=***\n") != std::string::npos);
}

TEST_CASE("a database of PostgreSQL is taken as it is given, with more connections, and an open one is noticed", "[config]")
{
    auto const read = loaded({{"DATABASE_URL", "postgres://u:p%40@[::1]:5433/x"}, {"DATABASE_READ_URL", "postgresql://replica/x"}});
    CHECK(read.postgresql->reveal() == "postgres://u:p%40@[::1]:5433/x");
    CHECK(read.postgresql_reads->reveal() == "postgresql://replica/x");
    CHECK(read.database_connections == 20);
    CHECK(loaded({{"DATABASE_URL", "postgresql:///x"}, {"DB_CONNECTIONS", "9"}}).database_connections == 9);
    CHECK(loaded({}).database_connections == 8);

    auto const notices = [](char const* url) { return loaded(with(good_production(), "DATABASE_URL", url), profile::production).notices.size(); };
    CHECK(notices("postgresql://u:p@db.example.com/x") == 1);
    CHECK(notices("postgresql://u:p@db.example.com/x?sslmode=require") == 1);
    CHECK(notices("postgresql://u:p@db.example.com:5432/x?sslmode=verify-full") == 0);
    CHECK(notices("postgresql://u@127.0.0.1/x") == 0);
    CHECK(notices("postgresql://u@[::1]:5432/x") == 0);
    CHECK(notices("postgresql:///x?host=/run/postgresql") == 0);
}

TEST_CASE("what is printed can be given again, but for the secrets", "[config]")
{
    scratch folder;
    auto const first = print(loaded({{"PORT", "3000"}}));
    auto made = load({profile::production, {}, folder.write("env", first)});
    REQUIRE(std::holds_alternative<settings>(made));
    CHECK(print(std::get<settings>(made)) == first);
}
