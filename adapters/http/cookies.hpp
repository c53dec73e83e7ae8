#pragma once

#include "adapters/http/http_settings.hpp"
#include "core/domain/base/secret.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace mb::http {

/// Our cookies: HttpOnly, SameSite=Strict, Path=/, and __Host- with Secure everywhere but on a lab's http://localhost (contract.md section 2).
enum class cookie_kind : unsigned char {
    refresh,  ///< the refresh token
    session,  ///< a classic session
    device    ///< a browser that logged in before
};
std::string_view cookie_name(http_settings const& settings, cookie_kind kind) noexcept;
std::string set_cookie(http_settings const& settings, cookie_kind kind, secret const& value, std::chrono::seconds life);
std::string clear_cookie(http_settings const& settings, cookie_kind kind);

/// The value of a cookie, or nothing where it is absent or stands twice (RFC 6265 section 5.4 leaves the order open: we don't guess).
std::optional<std::string_view> cookie(std::string_view header, std::string_view name) noexcept;

}  // namespace mb::http
