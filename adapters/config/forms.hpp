#pragma once

#include <string>
#include <string_view>

namespace mb::config {

// The forms of text that settings take beyond those of `shape`. Each answers whether the text has it.

bool is_ip_address(std::string_view text);         ///< IPv4 or IPv6, without brackets
bool is_loopback(std::string_view text);           ///< localhost, 127.0.0.0/8, ::1
bool is_listening_address(std::string_view text);  ///< an IP address, or localhost
bool is_address_block(std::string_view text);      ///< an IP address, or a CIDR block
bool is_host_name(std::string_view text);          ///< LDH labels, an IPv4 address, or an IPv6 address in brackets; no port
bool is_base_url(std::string_view text);           ///< http(s)://host[:port], perhaps with one trailing slash; no path, no user
bool is_origin(std::string_view text);             ///< as a browser sends it: the same in lower case, without trailing slash
bool is_sqlite_url(std::string_view text);         ///< sqlite:PATH, sqlite::memory:
bool is_postgresql_url(std::string_view text);     ///< postgresql:// or postgres://; libpq judges the rest
bool is_database_url(std::string_view text);       ///< one of both
bool is_no_rediss_url(std::string_view text);
bool is_redis_url(std::string_view text);
bool is_smtp_url(std::string_view text);  ///< smtp(s)://host[:port]; user and password have settings of their own
bool is_email(std::string_view text);
bool is_issuer(std::string_view text);         ///< what an app shows: 1 to 64 printable characters, and no colon, which ends it
bool is_age_recipient(std::string_view text);  ///< age1 and 58 characters of Bech32, as age-keygen prints it
bool is_master_key(std::string_view text);     ///< 32 bytes in base64
bool is_hard_to_guess(std::string_view text);
bool is_master_key_hard_to_guess(std::string_view text);  ///< true also where it is no key: that has its own message

/// The URL with *** in the place of its password, as user:password@ or as password=.
std::string without_password(std::string_view url);
/// Whether what is sent to the database may be read or altered on its way: another host, and its certificate is not verified.
bool is_open_to_the_network(std::string_view postgresql_url);

/// The host of a base URL, brackets kept; the URL without its trailing slash.
std::string_view host_of(std::string_view base_url);
std::string_view without_slash(std::string_view base_url);

}  // namespace mb::config
