#pragma once

#include "adapters/http/edge/service.hpp"
#include "core/domain/base/secret.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace mb::http {

/// What a request shows to say who asks. Views end with the request's head.
struct no_credential {};
struct shown_access_token {
    std::string_view text;
};
struct shown_api_key {
    std::string_view text;  ///< "sk_live_…"
};
using credential = std::variant<no_credential, shown_access_token, shown_api_key>;

/// A name and a password of RFC 7617, as UTF-8.
struct basic_credentials {
    std::string user;
    secret password;
};
/// Nothing where the Authorization field shows no such pair.
std::optional<basic_credentials> read_basic(request_head const& head);

/// Reads the Authorization field. A scheme that we don't know shows nothing.
credential credential_of(request_head const& head) noexcept;

}  // namespace mb::http
