#include "adapters/http/credential.hpp"

#include "core/domain/tokens/api_key.hpp"

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

credential credential_of(request_head const& head) noexcept
{
    auto const bearer = after_scheme(head.field("authorization"), "bearer ");
    if (bearer.empty()) return no_credential{};
    if (bearer.starts_with(tokens::api_key_mark)) return shown_api_key{bearer};
    return shown_access_token{bearer};
}

}  // namespace mb::http
