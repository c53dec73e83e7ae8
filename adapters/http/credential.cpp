#include "adapters/http/credential.hpp"

#include "core/domain/base/text.hpp"
#include "core/domain/tokens/api_key.hpp"

#include <utility>

namespace mb::http {
namespace {

/// What follows the scheme, whose case doesn't matter (RFC 9110 section 11.1); nothing where it is another one.
/// @param scheme  in lower case, with its space.
std::string_view after_scheme(std::string_view authorization, std::string_view scheme) noexcept
{
    if (authorization.size() <= scheme.size()) return {};
    for (std::size_t i = 0; i < scheme.size(); ++i) {
        char const c = authorization[i];
        if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c) != scheme[i]) return {};
    }
    return authorization.substr(scheme.size());
}

}  // namespace

std::optional<basic_credentials> read_basic(request_head const& head)
{
    auto decoded = parse_base64(after_scheme(head.field("authorization"), "basic "));
    if (!decoded) return std::nullopt;
    secret const pair{std::move(*decoded)};
    auto const text = pair.reveal();
    auto const colon = text.find(':');
    if (colon == std::string_view::npos || !is_utf8(text)) return std::nullopt;
    return basic_credentials{std::string(text.substr(0, colon)), secret{text.substr(colon + 1)}};
}

credential credential_of(request_head const& head) noexcept
{
    auto const bearer = after_scheme(head.field("authorization"), "bearer ");
    if (bearer.empty()) return no_credential{};
    if (bearer.starts_with(tokens::api_key_mark)) return shown_api_key{bearer};
    return shown_access_token{bearer};
}

}  // namespace mb::http
