#include "adapters/openssl/ed25519.hpp"

#include "core/domain/base/assert.hpp"

#include <openssl/evp.h>

#include <memory>

namespace mb::openssl {

std::optional<std::string> ed25519_public_key(secret const& seed)
{
    if (seed.size() != ed25519_seed_bytes) return std::nullopt;
    auto const* const bytes = reinterpret_cast<unsigned char const*>(seed.reveal().data());
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> const key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes, seed.size()), &EVP_PKEY_free);
    std::string made(32, '\0');
    std::size_t size = made.size();
    MB_ASSERT(key && EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(made.data()), &size) == 1 && size == made.size());
    return made;
}

}  // namespace mb::openssl
