#include "adapters/http/cookies.hpp"

namespace mb::http {
namespace {

std::string attributes(http_settings const& settings, std::chrono::seconds life)
{
    return "; HttpOnly; SameSite=Strict; Path=/; Max-Age=" + std::to_string(life.count()) + (settings.secure_cookies ? "; Secure" : "");
}

}  // namespace

std::string_view cookie_name(http_settings const& settings, cookie_kind kind) noexcept
{
    if (kind == cookie_kind::session) return settings.secure_cookies ? "__Host-session" : "session";
    if (kind == cookie_kind::device) return settings.secure_cookies ? "__Host-dev" : "dev";
    return settings.secure_cookies ? "__Host-refresh" : "refresh";
}

std::string set_cookie(http_settings const& settings, cookie_kind kind, secret const& value, std::chrono::seconds life)
{
    return std::string(cookie_name(settings, kind)) + '=' + std::string(value.reveal()) + attributes(settings, life);
}

std::string clear_cookie(http_settings const& settings, cookie_kind kind)
{
    return std::string(cookie_name(settings, kind)) + '=' + attributes(settings, std::chrono::seconds{0});
}

std::optional<std::string_view> cookie(std::string_view header, std::string_view name) noexcept
{
    std::optional<std::string_view> found;
    while (!header.empty()) {
        auto const end = header.find(';');
        auto pair = header.substr(0, end);
        header = end == std::string_view::npos ? std::string_view{} : header.substr(end + 1);
        while (!pair.empty() && pair.front() == ' ') pair.remove_prefix(1);
        auto const equals = pair.find('=');
        if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
        if (found) return std::nullopt;
        found = pair.substr(equals + 1);
    }
    return found;
}

}  // namespace mb::http
