#include "adapters/openssl/master_key.hpp"

#include "adapters/openssl/mac.hpp"
#include "core/domain/base/text.hpp"

#include <set>

namespace mb::openssl {

std::optional<master_key> master_key::make(secret material)
{
    // 32 random bytes have fewer than 16 different ones once in 3 * 10^16 draws; a repeated word or a counted-up text has few.
    constexpr std::size_t distinct_min = 16;
    auto const shown = material.reveal();
    if (shown.size() != bytes || std::set<char>(shown.begin(), shown.end()).size() < distinct_min) return std::nullopt;
    return master_key{std::move(material)};
}

std::optional<master_key> master_key::parse(std::string_view base64_text)
{
    auto decoded = parse_base64(base64_text);
    if (!decoded) return std::nullopt;
    return make(secret{std::move(*decoded)});
}

secret master_key::derive(std::string_view purpose, std::size_t key_bytes) const
{
    return hkdf_sha256(material_.reveal(), "", std::string("metabuilder ").append(purpose), key_bytes);
}

}  // namespace mb::openssl
