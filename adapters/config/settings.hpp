#pragma once

#include "core/domain/base/instant.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/notify/message.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mb::config {

enum class profile : std::uint8_t {
    production,
    development  ///< the lab: loopback only, its own secrets, mails in the log
};
enum class log_level : std::uint8_t { debug, info, warning, error };
enum class log_format : std::uint8_t { by_terminal, text, json };
enum class password_algorithm : std::uint8_t { bcrypt, argon2id };
enum class ip_binding : std::uint8_t { strict, log, off };  ///< decisions.md #13
enum class sqlite_synchronous : std::uint8_t { full, normal };

/// `burst` requests at once and as many again in each `period`.
struct rate {
    int burst = 0;
    duration period{};
    friend bool operator==(rate const&, rate const&) = default;
};

enum class origin : std::uint8_t { fallback, env_file, environment };

/// One setting as it is in force, for --print-config. Secrets are already "***".
struct effective {
    std::string name;
    std::string shown;
    origin from = origin::fallback;
    friend bool operator==(effective const&, effective const&) = default;
};

/// The whole configuration, checked. What each member means stands in the table of declarations.cpp, and from there in .env.example.
struct settings {
    profile environment = profile::production;
    notify::language tongue = notify::language::es;

    std::string host;
    std::uint16_t port = 0;
    std::string public_url;  ///< scheme and authority, no trailing slash; so is the next
    std::string frontend_url;
    std::vector<std::string> allowed_hosts;    ///< lower case, without port
    std::vector<std::string> trusted_proxies;  ///< addresses or CIDR blocks
    std::vector<std::string> allowed_origins;

    std::string tls_certificate_file;  ///< "": plain text; so is the next
    std::string tls_key_file;
    std::uint16_t tls_redirect_port = 0;  ///< 0: none

    std::string state_dir;
    std::string database_path;               ///< SQLite file; "" is a database in memory
    std::optional<secret> postgresql;        ///< URL; where there is one, it and not the file is the database
    std::optional<secret> postgresql_reads;  ///< URL of a replica
    bool prepared_statements = true;
    duration statement_limit{};
    duration lock_wait{};
    duration database_connect_wait{};
    sqlite_synchronous synchronous = sqlite_synchronous::full;
    std::size_t database_connections = 0;
    std::vector<std::string> backup_recipients;  ///< of age; empty: backups are not encrypted
    std::optional<secret> redis_url;             ///< may hold a password
    duration redis_timeout{};
    duration near_cache{};  ///< of revocation

    std::optional<secret> master_key;  ///< 32 bytes; in production always there, else see lab_secrets
    std::optional<secret> jwt_secret;  ///< as above
    std::optional<secret> ip_hash_salt;
    std::optional<secret> password_pepper;
    std::optional<secret> metrics_token;

    duration access_life{};
    duration refresh_life{};
    std::string jwt_issuer;
    std::string jwt_audience;
    duration access_overlap{};
    duration refresh_replay{};
    ip_binding session_ip = ip_binding::strict;

    password_algorithm password_hash = password_algorithm::bcrypt;
    int bcrypt_rounds = 0;  ///< the logarithm
    std::size_t password_min = 0;
    std::size_t password_min_single_factor = 0;
    int lockout_failures = 0;
    duration lockout_duration{};
    std::string mfa_issuer;  ///< what an app shows above the codes

    bool rate_limited = true;
    rate credentials_rate;
    rate default_rate;
    int fallback_percent = 0;  ///< of a rate, while the limits that replicas share are lost
    std::size_t requests_in_work_max = 0;
    std::size_t requests_waiting_max = 0;
    std::size_t io_threads = 0;
    std::size_t hash_threads = 0;

    std::string smtp_url;  ///< "" where mails go to the log
    std::string smtp_user;
    std::optional<secret> smtp_password;
    std::string mail_from;
    std::string smtp_authorities_file;  ///< "": those of the system

    std::string country_file;  ///< "": countries are not known

    log_level threshold = log_level::info;
    log_format shape = log_format::by_terminal;

    std::optional<std::string> admin_email;
    std::optional<secret> admin_password;

    std::vector<effective> in_force;   ///< in the order of the declarations
    std::vector<std::string> notices;  ///< for the log at start: given but not used by this version, or unwise
};

/// NAME=value lines of what is in force, secrets redacted.
std::string print(settings const& of);

}  // namespace mb::config
