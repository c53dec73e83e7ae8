#include "tests/apps/certificates.hpp"

#include <catch2/catch.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <memory>

namespace mb::apps_testing {
namespace {

template <auto Free>
struct freeing {
    template <class T>
    void operator()(T* owned) const noexcept
    {
        Free(owned);
    }
};
using bio_ptr = std::unique_ptr<BIO, freeing<BIO_free_all>>;
using key_ptr = std::unique_ptr<EVP_PKEY, freeing<EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, freeing<X509_free>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, freeing<X509_EXTENSION_free>>;

key_ptr make_key(key_kind kind)
{
    switch (kind) {
        case key_kind::p256: return key_ptr{EVP_EC_gen("P-256")};
        case key_kind::p384: return key_ptr{EVP_EC_gen("P-384")};
        case key_kind::rsa1024: return key_ptr{EVP_RSA_gen(1024)};
        case key_kind::rsa2048: return key_ptr{EVP_RSA_gen(2048)};
    }
    return nullptr;
}

std::time_t seconds_of(instant at) { return static_cast<std::time_t>(std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count()); }

template <class Write>
std::string pem(Write write)
{
    bio_ptr const to{BIO_new(BIO_s_mem())};
    if (write(to.get()) != 1) FAIL("no PEM");
    char* bytes = nullptr;
    auto const size = BIO_get_mem_data(to.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace

pem_pair make_certificate(certificate_wish const& wanted)
{
    auto const key = make_key(wanted.kind);
    certificate_ptr const made{X509_new()};
    auto* const own = made.get();
    X509_set_version(own, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(own), 1);
    ASN1_TIME_set(X509_getm_notBefore(own), seconds_of(wanted.from));
    ASN1_TIME_set(X509_getm_notAfter(own), seconds_of(wanted.until));
    X509_set_pubkey(own, key.get());
    auto* const name = X509_get_subject_name(own);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<unsigned char const*>("test"), -1, -1, 0);
    X509_set_issuer_name(own, name);
    extension_ptr const names{X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, wanted.names.c_str())};
    if (!key || !names || X509_add_ext(own, names.get(), -1) != 1 || X509_sign(own, key.get(), EVP_sha256()) == 0) FAIL("no certificate");
    char word[] = "secreto";
    return {pem([&](BIO* to) { return PEM_write_bio_X509(to, own); }),
            pem([&](BIO* to) { return PEM_write_bio_PrivateKey(to, key.get(), nullptr, nullptr, 0, nullptr, nullptr); }),
            pem([&](BIO* to) { return PEM_write_bio_PrivateKey(to, key.get(), EVP_aes_256_cbc(), nullptr, 0, nullptr, word); })};
}

std::string write_key(scratch const& place, std::string const& name, std::string const& key)
{
    auto const path = place.write(name, key);
    std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return path;
}

}  // namespace mb::apps_testing
