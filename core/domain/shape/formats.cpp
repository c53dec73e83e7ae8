#include "core/domain/base/ascii.hpp"
#include "core/domain/base/text.hpp"
#include "core/domain/shape/rule.hpp"

#include <algorithm>

namespace mb::shape {
namespace {

bool is_alnum(char c) noexcept { return is_ascii_digit(c) || is_ascii_letter(c); }

/// atext of RFC 5322 section 3.2.3.
bool is_atext(char c) noexcept { return is_alnum(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos; }

bool is_dot_atom(std::string_view text) noexcept
{
    if (text.empty() || text.front() == '.' || text.back() == '.' || text.find("..") != std::string_view::npos) return false;
    return std::ranges::all_of(text, [](char c) { return c == '.' || is_atext(c); });
}

/// Letters, digits and hyphens, 1 to 63, no hyphen at an end (RFC 1034 section 3.5).
bool is_label(std::string_view text) noexcept
{
    if (text.empty() || text.size() > 63 || text.front() == '-' || text.back() == '-') return false;
    return std::ranges::all_of(text, [](char c) { return c == '-' || is_alnum(c); });
}

bool is_mail_domain(std::string_view text) noexcept
{
    std::size_t labels = 0;
    for (;;) {
        auto const dot = text.find('.');
        auto const label = text.substr(0, dot);
        if (!is_label(label)) return false;
        ++labels;
        // a numeric last label is an address, not a name (RFC 3696 section 2)
        if (dot == std::string_view::npos) return labels >= 2 && !std::ranges::all_of(label, is_ascii_digit);
        text.remove_prefix(dot + 1);
    }
}

/// What RFC 3986 appendix A lets stand after the authority, and beyond it UTF-8 (RFC 3987) since people paste such addresses.
bool is_url_byte(char c) noexcept
{
    if (static_cast<unsigned char>(c) >= 0x80) return true;
    return is_alnum(c) || std::string_view("-._~:/?#[]@!$&'()*+,;=%").find(c) != std::string_view::npos;
}

bool is_host(std::string_view host) noexcept
{
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        return std::ranges::all_of(host.substr(1, host.size() - 2), [](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; });
    if (host.empty() || host.front() == '.') return false;
    return std::ranges::all_of(host, [](char c) { return is_alnum(c) || c == '-' || c == '.' || c == '_' || static_cast<unsigned char>(c) >= 0x80; });
}

bool is_port(std::string_view text) noexcept
{
    if (text.empty() || text.size() > 5 || !std::ranges::all_of(text, is_ascii_digit)) return false;
    unsigned port = 0;
    for (char const c : text) port = port * 10 + static_cast<unsigned>(c - '0');
    return port >= 1 && port <= 65535;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view lower) noexcept
{
    if (text.size() < lower.size()) return false;
    return std::equal(lower.begin(), lower.end(), text.begin(),
                      [](char wanted, char c) { return wanted == (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c); });
}

}  // namespace

std::optional<std::string> canonical_email(std::string_view text)
{
    constexpr std::size_t address_bytes_max = 254;  // RFC 5321 section 4.5.3.1.3 less the angle brackets
    constexpr std::size_t local_bytes_max = 64;     // RFC 5321 section 4.5.3.1.1
    if (text.size() > address_bytes_max) return std::nullopt;
    auto const at = text.find('@');
    if (at == std::string_view::npos || at > local_bytes_max) return std::nullopt;
    if (!is_dot_atom(text.substr(0, at)) || !is_mail_domain(text.substr(at + 1))) return std::nullopt;
    return ascii_lower(text);
}

bool is_web_url(std::string_view text) noexcept
{
    constexpr std::size_t url_bytes_max = 2048;
    if (text.size() > url_bytes_max || has_control(text) || !std::ranges::all_of(text, is_url_byte)) return false;
    if (starts_with_ignoring_case(text, "https://"))
        text.remove_prefix(8);
    else if (starts_with_ignoring_case(text, "http://"))
        text.remove_prefix(7);
    else
        return false;
    auto authority = text.substr(0, text.find_first_of("/?#"));
    // user:password@host leaks a secret and hides the real host
    if (authority.find('@') != std::string_view::npos) return false;
    auto const colon = authority.rfind(':');
    auto const bracket = authority.rfind(']');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
        if (!is_port(authority.substr(colon + 1))) return false;
        authority = authority.substr(0, colon);
    }
    return is_host(authority);
}

}  // namespace mb::shape
