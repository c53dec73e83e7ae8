#include "adapters/config/forms.hpp"

#include "adapters/config/guessable.hpp"
#include "core/domain/base/secret.hpp"
#include "core/domain/base/text.hpp"
#include "core/domain/shape/rule.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace mb::config {
namespace {

/// Bits of the address: 32 or 128; nothing where it is none.
std::optional<int> address_bits(std::string_view text)
{
    unsigned char parsed[sizeof(in6_addr)];
    std::string const terminated(text);
    if (inet_pton(AF_INET, terminated.c_str(), parsed) == 1) return 32;
    if (inet_pton(AF_INET6, terminated.c_str(), parsed) == 1) return 128;
    return std::nullopt;
}

bool is_port(std::string_view text)
{
    unsigned port = 0;
    auto const [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
    return fault == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= 65535 && text.front() != '0';
}

bool is_label(std::string_view label)
{
    auto const allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'; };
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' && std::all_of(label.begin(), label.end(), allowed);
}

/// Where the port begins, with its colon, or the end.
std::size_t end_of_host(std::string_view authority)
{
    auto const from = authority.starts_with('[') ? authority.find(']') : 0;
    return from == std::string_view::npos ? authority.size() : std::min(authority.find(':', from), authority.size());
}

bool is_authority(std::string_view text)
{
    auto const end = end_of_host(text);
    return is_host_name(text.substr(0, end)) && (end == text.size() || is_port(text.substr(end + 1)));
}

/// What follows the first of the prefixes that fits; nothing where none does.
std::optional<std::string_view> after_scheme(std::string_view text, std::string_view one, std::string_view other)
{
    for (auto const scheme : {one, other})
        if (text.starts_with(scheme)) return text.substr(scheme.size());
    return std::nullopt;
}

}  // namespace

bool is_ip_address(std::string_view text) { return address_bits(text).has_value(); }

bool is_loopback(std::string_view text) { return text == "localhost" || text == "::1" || (text.starts_with("127.") && is_ip_address(text)); }

bool is_listening_address(std::string_view text) { return text == "localhost" || is_ip_address(text); }

bool is_address_block(std::string_view text)
{
    auto const slash = text.find('/');
    auto const bits = address_bits(text.substr(0, slash));
    if (!bits || slash == std::string_view::npos) return bits.has_value();
    auto const prefix = text.substr(slash + 1);
    int length = 0;
    auto const [end, fault] = std::from_chars(prefix.data(), prefix.data() + prefix.size(), length);
    return fault == std::errc{} && end == prefix.data() + prefix.size() && length >= 0 && length <= *bits;
}

bool is_host_name(std::string_view text)
{
    if (text.starts_with('[')) return text.ends_with(']') && address_bits(text.substr(1, text.size() - 2)) == 128;
    if (text.empty() || text.size() > 253) return false;
    for (;;) {
        auto const dot = text.find('.');
        if (!is_label(text.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        text.remove_prefix(dot + 1);
    }
}

bool is_base_url(std::string_view text)
{
    auto const rest = after_scheme(without_slash(text), "http://", "https://");
    return rest && is_authority(*rest);
}

bool is_origin(std::string_view text) { return is_base_url(text) && !text.ends_with('/') && ascii_lower(text) == text; }

bool is_sqlite_url(std::string_view text) { return text.starts_with("sqlite:") && text.size() > std::string_view{"sqlite:"}.size(); }

bool is_postgresql_url(std::string_view text) { return after_scheme(text, "postgres://", "postgresql://").has_value(); }

bool is_database_url(std::string_view text) { return is_sqlite_url(text) || is_postgresql_url(text); }

std::string without_password(std::string_view url)
{
    std::string shown(url);
    auto const hide = [&](std::size_t from, std::size_t to) { shown.replace(from, to - from, "***"); };
    if (auto const named = shown.find("password="); named != shown.npos) {
        auto const from = named + std::string_view{"password="}.size();
        hide(from, std::min(shown.find('&', from), shown.size()));
    }
    auto const scheme = shown.find("://");
    if (scheme == shown.npos) return shown;
    auto const start = scheme + 3;
    // the last @ of the authority: a password may hold one that nobody escaped
    auto const at = shown.substr(0, shown.find_first_of("/?", start)).rfind('@');
    auto const colon = shown.find(':', start);
    if (at != shown.npos && at > start && colon < at) hide(colon + 1, at);
    return shown;
}

bool is_open_to_the_network(std::string_view url)
{
    auto rest = after_scheme(url, "postgres://", "postgresql://").value_or("");
    if (rest.find("sslmode=verify-full") != rest.npos) return false;
    rest = rest.substr(0, rest.find_first_of("/?"));
    if (auto const at = rest.rfind('@'); at != rest.npos) rest.remove_prefix(at + 1);
    auto const host = rest.starts_with('[') ? rest.substr(0, rest.find(']') + 1) : rest.substr(0, rest.find(':'));
    return !host.empty() && !is_loopback(host.starts_with('[') ? host.substr(1, host.size() - 2) : host);
}

bool is_no_rediss_url(std::string_view text) { return !text.starts_with("rediss://"); }

bool is_redis_url(std::string_view text)
{
    constexpr std::string_view scheme = "redis://";
    if (!text.starts_with(scheme)) return false;
    text.remove_prefix(scheme.size());
    if (auto const at = text.rfind('@'); at != std::string_view::npos) {
        auto const colon = text.find(':');
        if (colon >= at || colon + 1 == at) return false;
        text.remove_prefix(at + 1);
    }
    auto const slash = std::min(text.find('/'), text.size());
    auto const database = text.substr(std::min(slash + 1, text.size()));
    return is_authority(text.substr(0, slash)) && (database.empty() || database == "0" || is_port(database));
}

bool is_smtp_url(std::string_view text)
{
    auto const rest = after_scheme(without_slash(text), "smtp://", "smtps://");
    return rest && is_authority(*rest);
}

bool is_email(std::string_view text) { return shape::canonical_email(text).has_value(); }

bool is_issuer(std::string_view text)
{
    return is_utf8(text) && !has_control(text) && !text.empty() && count_code_points(text) <= 64 && text.find(':') == std::string_view::npos;
}

bool is_age_recipient(std::string_view text)
{
    constexpr std::string_view prefix = "age1";
    constexpr std::string_view bech32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    return text.size() == prefix.size() + 58 && text.starts_with(prefix) && text.find_first_not_of(bech32, prefix.size()) == std::string_view::npos;
}

bool is_master_key(std::string_view text)
{
    auto bytes = parse_base64(text);
    if (!bytes) return false;
    secret const key{std::move(*bytes)};
    return key.size() == 32;
}

bool is_hard_to_guess(std::string_view text) { return !is_guessable(text); }

bool is_master_key_hard_to_guess(std::string_view text)
{
    auto bytes = parse_base64(text);
    if (!bytes) return true;
    secret const key{std::move(*bytes)};
    return !is_guessable(key.reveal());
}

std::string_view host_of(std::string_view base_url)
{
    auto const authority = without_slash(base_url).substr(base_url.find("://") + 3);
    return authority.substr(0, end_of_host(authority));
}

std::string_view without_slash(std::string_view base_url) { return base_url.ends_with('/') ? base_url.substr(0, base_url.size() - 1) : base_url; }

}  // namespace mb::config
