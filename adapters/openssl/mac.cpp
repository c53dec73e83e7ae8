#include "adapters/openssl/mac.hpp"

#include "adapters/openssl/raw_bytes.hpp"
#include "core/domain/base/assert.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <memory>
#include <vector>

namespace mb::openssl {
namespace {

struct mac_context_free {
    void operator()(EVP_MAC_CTX* context) const noexcept { EVP_MAC_CTX_free(context); }
};
using mac_context = std::unique_ptr<EVP_MAC_CTX, mac_context_free>;

// OpenSSL takes the parts of a parameter as mutable and only reads them.
OSSL_PARAM text_parameter(char const* name, char const* text) noexcept { return OSSL_PARAM_construct_utf8_string(name, const_cast<char*>(text), 0); }
OSSL_PARAM bytes_parameter(char const* name, std::string_view bytes) noexcept
{
    return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(bytes.data()), bytes.size());
}

mac_context keyed_context(std::string_view key, char const* digest = "SHA256") noexcept
{
    static EVP_MAC* const hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);  // fetched once: fetching costs more than the digest
    mac_context context(EVP_MAC_CTX_new(hmac));
    OSSL_PARAM const parameters[] = {text_parameter(OSSL_MAC_PARAM_DIGEST, digest), OSSL_PARAM_construct_end()};
    MB_ASSERT(context && EVP_MAC_init(context.get(), raw(key), key.size(), parameters) == 1);
    return context;
}

identity::digest finish(EVP_MAC_CTX* context, std::string_view bytes) noexcept
{
    identity::digest result{};
    std::size_t written = 0;
    MB_ASSERT(EVP_MAC_update(context, raw(bytes), bytes.size()) == 1);
    MB_ASSERT(EVP_MAC_final(context, result.data(), &written, result.size()) == 1 && written == result.size());
    return result;
}

struct kept_key {
    secret material;
    std::string info;
    mac_context context;
};

bool is_key(kept_key const& kept, std::string_view material, std::string_view prefix, std::string_view info) noexcept
{
    return kept.info.size() == prefix.size() + info.size() && kept.info.ends_with(info) && kept.info.starts_with(prefix)
           && same_bytes(kept.material.reveal(), material);
}

/// The keyed contexts of one thread. Keys are few: one for each purpose and a handful that sign.
class kept_keys {
public:
    EVP_MAC_CTX* find(std::string_view material, std::string_view prefix, std::string_view info)
    {
        for (auto& each : kept_)
            if (is_key(each, material, prefix, info)) {
                MB_ASSERT(EVP_MAC_init(each.context.get(), nullptr, 0, nullptr) == 1);  // same key, from the start
                return each.context.get();
            }
        kept_key fresh{secret{material}, std::string(prefix).append(info), nullptr};
        fresh.context = fresh.info.empty() ? keyed_context(material) : keyed_context(hkdf_sha256(material, "", fresh.info, 32).reveal());
        if (kept_.size() < keys_max) return kept_.emplace_back(std::move(fresh)).context.get();
        auto& replaced = kept_[next_++ % keys_max];
        replaced = std::move(fresh);
        return replaced.context.get();
    }

private:
    static constexpr std::size_t keys_max = 32;
    std::vector<kept_key> kept_;
    std::size_t next_ = 0;
};

}  // namespace

identity::digest sha256(std::string_view bytes) noexcept
{
    static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    identity::digest result{};
    MB_ASSERT(EVP_Digest(bytes.data(), bytes.size(), result.data(), nullptr, algorithm, nullptr) == 1);
    return result;
}

identity::digest hmac_sha256(std::string_view key, std::string_view bytes) noexcept { return finish(keyed_context(key).get(), bytes); }

secret hmac(identity::code_hash how, std::string_view key, std::string_view bytes)
{
    auto const context = keyed_context(key, identity::name_of(how).data());  // the names are literals
    std::string made(EVP_MAC_CTX_get_mac_size(context.get()), '\0');
    std::size_t written = 0;
    MB_ASSERT(EVP_MAC_update(context.get(), raw(bytes), bytes.size()) == 1);
    MB_ASSERT(EVP_MAC_final(context.get(), reinterpret_cast<unsigned char*>(made.data()), &written, made.size()) == 1 && written == made.size());
    return secret{std::move(made)};
}

secret hkdf_sha256(std::string_view material, std::string_view salt, std::string_view info, std::size_t bytes)
{
    static EVP_KDF* const hkdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
    std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> context(EVP_KDF_CTX_new(hkdf), &EVP_KDF_CTX_free);
    OSSL_PARAM const parameters[] = {text_parameter(OSSL_KDF_PARAM_DIGEST, "SHA256"), bytes_parameter(OSSL_KDF_PARAM_KEY, material),
                                     bytes_parameter(OSSL_KDF_PARAM_SALT, salt), bytes_parameter(OSSL_KDF_PARAM_INFO, info),
                                     OSSL_PARAM_construct_end()};
    std::string derived(bytes, '\0');
    MB_ASSERT(context && EVP_KDF_derive(context.get(), reinterpret_cast<unsigned char*>(derived.data()), derived.size(), parameters) == 1);
    return secret{std::move(derived)};
}

identity::digest kept_mac(std::string_view material, std::string_view info_prefix, std::string_view info, std::string_view bytes) noexcept
{
    thread_local kept_keys keys;
    return finish(keys.find(material, info_prefix, info), bytes);
}

}  // namespace mb::openssl
