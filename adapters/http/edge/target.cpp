#include "adapters/http/edge/target.hpp"

#include "core/domain/base/ascii.hpp"
#include "core/domain/base/text.hpp"

#include <algorithm>

namespace mb::http {
namespace {

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

struct host_port {
    std::string_view host;
    std::string_view port;
};

bool is_port(std::string_view text) noexcept
{
    if (text.empty() || text.size() > 5 || !std::ranges::all_of(text, is_ascii_digit)) return false;
    int value = 0;
    for (char const c : text) value = value * 10 + (c - '0');
    return value > 0 && value <= 65'535;
}

bool is_host(std::string_view text) noexcept
{
    if (text.starts_with('[')) {
        if (text.size() < 4 || !text.ends_with(']')) return false;
        return std::ranges::all_of(text.substr(1, text.size() - 2), [](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; });
    }
    return !text.empty()
           && std::ranges::all_of(text, [](char c) { return is_ascii_letter(c) || is_ascii_digit(c) || c == '-' || c == '.' || c == '_'; });
}

std::optional<host_port> split_authority(std::string_view authority) noexcept
{
    host_port parts{authority, {}};
    auto const end = authority.starts_with('[') ? authority.find(']') : 0;
    if (end == std::string_view::npos) return std::nullopt;
    if (auto const colon = authority.find(':', end); colon != std::string_view::npos) {
        parts = {authority.substr(0, colon), authority.substr(colon + 1)};
        if (!is_port(parts.port)) return std::nullopt;
    }
    if (!is_host(parts.host)) return std::nullopt;
    return parts;
}

/// Decodes once and refuses what no segment may hold.
bool append_segment(std::string_view raw, std::vector<std::string>& segments)
{
    std::string decoded;
    decoded.reserve(raw.size());
    bool plain = true;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        char c = raw[i];
        if (c == '%') {
            if (i + 2 >= raw.size()) return false;
            auto const high = hex_value(raw[i + 1]);
            auto const low = hex_value(raw[i + 2]);
            if (high < 0 || low < 0) return false;
            c = static_cast<char>(high << 4 | low);
            i += 2;
        }
        if (c == '/' || c == '\\' || c == ';') return false;
        plain = plain && c > 0x20 && c < 0x7f;
        decoded += c;
    }
    if (decoded == "." || decoded == "..") return false;
    if (!plain && (!is_utf8(decoded) || has_control(decoded))) return false;
    segments.push_back(std::move(decoded));
    return true;
}

}  // namespace

bool same_letters(std::string_view left, std::string_view right) noexcept
{
    return left.size() == right.size() && std::equal(left.begin(), left.end(), right.begin(), [](char a, char b) { return lower(a) == lower(b); });
}

std::optional<host_list> host_list::parse(std::vector<std::string> const& entries)
{
    host_list known;
    for (auto const& text : entries) {
        auto const parts = split_authority(text);
        if (!parts) return std::nullopt;
        known.entries_.push_back({ascii_lower(parts->host), std::string(parts->port)});
    }
    return known;
}

bool host_list::allows(std::string_view authority) const noexcept
{
    auto const parts = split_authority(authority);
    if (!parts) return false;
    return std::ranges::any_of(
        entries_, [&](entry const& known) { return same_letters(known.host, parts->host) && (known.port.empty() || known.port == parts->port); });
}

std::optional<std::vector<std::string>> split_path(std::string_view path)
{
    if (!path.starts_with('/')) return std::nullopt;
    std::vector<std::string> segments;
    auto rest = path.substr(1);
    if (rest.empty()) return segments;
    segments.reserve(static_cast<std::size_t>(std::ranges::count(rest, '/')) + 1);
    for (;;) {
        auto const end = rest.find('/');
        if (end == 0) return std::nullopt;
        if (!append_segment(rest.substr(0, end), segments)) return std::nullopt;
        if (end == std::string_view::npos) return segments;
        rest.remove_prefix(end + 1);
        if (rest.empty()) {
            segments.emplace_back();
            return segments;
        }
    }
}

std::optional<target_parts> read_target(std::string_view target) noexcept
{
    if (!std::ranges::all_of(target, [](char c) { return c > 0x20 && c < 0x7f && c != '#'; })) return std::nullopt;
    target_parts parts;
    if (target == "*") {
        parts.path = target;
        return parts;
    }
    if (!target.starts_with('/')) {
        auto const scheme_end = target.find("://");
        if (scheme_end == std::string_view::npos) return std::nullopt;
        auto const scheme = target.substr(0, scheme_end);
        if (!same_letters(scheme, "http") && !same_letters(scheme, "https")) return std::nullopt;
        target.remove_prefix(scheme_end + 3);
        auto const end = target.find_first_of("/?");
        parts.authority = target.substr(0, end);
        if (parts.authority.empty()) return std::nullopt;
        target = end == std::string_view::npos ? std::string_view{} : target.substr(end);
        // an empty path of the absolute form is "/" (RFC 9110 section 4.2.3)
        if (!target.starts_with('/')) {
            parts.path = "/";
            if (!target.empty()) parts.query = target.substr(1);
            return parts;
        }
    }
    auto const mark = target.find('?');
    parts.path = target.substr(0, mark);
    if (mark != std::string_view::npos) parts.query = target.substr(mark + 1);
    return parts;
}

}  // namespace mb::http
