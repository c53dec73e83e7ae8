#include "adapters/openssl/openssl_digester.hpp"

#include "adapters/openssl/mac.hpp"

namespace mb::openssl {

openssl_digester::openssl_digester(master_key const& key, std::vector<purpose_key> own_keys)
    : master_(key.material().clone()),
      own_keys_(std::move(own_keys))
{
}

identity::digest openssl_digester::sha256(std::string_view bytes) const noexcept { return openssl::sha256(bytes); }

identity::digest openssl_digester::mac(std::string_view purpose, std::string_view bytes) const noexcept
{
    auto material = master_.reveal();
    for (auto const& own : own_keys_)
        if (own.purpose == purpose) material = own.material.reveal();
    // "mac" keeps these keys apart from those of the same purpose that master_key::derive gives to others.
    return kept_mac(material, "metabuilder mac ", purpose, bytes);
}

secret openssl_digester::shared_mac(identity::code_hash how, secret const& key, std::string_view bytes) const
{
    return hmac(how, key.reveal(), bytes);
}

}  // namespace mb::openssl
