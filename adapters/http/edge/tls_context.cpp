#include "adapters/http/edge/tls_context.hpp"

#include "adapters/http/edge/ticket_keys.hpp"
#include "core/domain/base/secret.hpp"

#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <new>
#include <optional>
#include <vector>

namespace mb::http {
namespace {

constexpr std::size_t file_bytes_max = 256 * 1024;
constexpr int rsa_bits_min = 2048;
constexpr int security_level = 2;  // 112 bits
constexpr char const* groups = "X25519:P-256";
/// AES with 128 bits first: as safe against everything that is known, and the cheapest.
constexpr char const* tls_1_2_ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr char const* tls_1_3_ciphers = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

template <auto Free>
struct freeing {
    template <class T>
    void operator()(T* owned) const noexcept
    {
        Free(owned);
    }
};
using bio_ptr = std::unique_ptr<BIO, freeing<BIO_free_all>>;
using x509_ptr = std::unique_ptr<X509, freeing<X509_free>>;
using pkey_ptr = std::unique_ptr<EVP_PKEY, freeing<EVP_PKEY_free>>;
using ctx_ptr = std::unique_ptr<SSL_CTX, freeing<SSL_CTX_free>>;

struct opened {
    secret content;
    mode_t mode = 0;
};

/// A regular file, whole. The rights are those of the file that was read, whatever the name leads to a moment later.
std::optional<opened> read_whole(std::string const& path)
{
    int const descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return std::nullopt;
    struct stat about {};
    std::string content;
    bool whole =
        ::fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode) && about.st_size >= 0 && static_cast<std::size_t>(about.st_size) <= file_bytes_max;
    if (whole) {
        content.resize(static_cast<std::size_t>(about.st_size));
        std::size_t at = 0;
        while (at < content.size()) {
            auto const count = ::read(descriptor, content.data() + at, content.size() - at);
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) break;
            at += static_cast<std::size_t>(count);
        }
        whole = at == content.size();
    }
    ::close(descriptor);
    opened read{secret{std::move(content)}, about.st_mode};
    if (!whole) return std::nullopt;
    return read;
}

bio_ptr bio_over(secret const& content) { return bio_ptr{BIO_new_mem_buf(content.reveal().data(), static_cast<int>(content.size()))}; }

int no_password(char*, int, int, void* asked) noexcept
{
    *static_cast<bool*>(asked) = true;
    return -1;
}

bool may_others_use(mode_t mode) noexcept { return (mode & (S_IRWXO | S_IWGRP)) != 0; }

std::variant<pkey_ptr, tls_fault> read_key(std::string const& path)
{
    auto const file = read_whole(path);
    if (!file) return tls_fault::key_unreadable;
    if (may_others_use(file->mode)) return tls_fault::key_exposed;
    auto const source = bio_over(file->content);
    bool encrypted = false;
    pkey_ptr key{PEM_read_bio_PrivateKey(source.get(), nullptr, &no_password, &encrypted)};
    if (encrypted) return tls_fault::key_encrypted;
    if (!key) return tls_fault::key_malformed;
    if (EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_RSA && EVP_PKEY_get_bits(key.get()) >= rsa_bits_min) return key;
    char group[32] = {};
    if (EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_EC
        && EVP_PKEY_get_utf8_string_param(key.get(), OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group, nullptr) == 1
        && std::string_view{group} == SN_X9_62_prime256v1)
        return key;
    return tls_fault::key_unsupported;
}

/// The server's own certificate first, then those that lead to a root.
std::variant<std::vector<x509_ptr>, tls_fault> read_chain(std::string const& path)
{
    auto const file = read_whole(path);
    if (!file) return tls_fault::certificate_unreadable;
    auto const source = bio_over(file->content);
    std::vector<x509_ptr> chain;
    ERR_clear_error();
    bool encrypted = false;
    while (auto* const next = PEM_read_bio_X509(source.get(), nullptr, &no_password, &encrypted)) chain.emplace_back(next);
    bool const at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    if (chain.empty() || !at_end) return tls_fault::certificate_malformed;
    return chain;
}

std::optional<instant> instant_of(ASN1_TIME const* at)
{
    std::tm parts{};
    if (ASN1_TIME_to_tm(at, &parts) != 1) return std::nullopt;
    return instant{std::chrono::seconds{::timegm(&parts)}};
}

/// http/1.1 where the client names protocols; one that names only others is refused (RFC 7301 section 3.2).
int choose_protocol(SSL*, unsigned char const** chosen, unsigned char* length, unsigned char const* offered, unsigned offered_bytes, void*) noexcept
{
    static constexpr unsigned char ours[] = "\x08http/1.1";
    unsigned char* found = nullptr;
    if (SSL_select_next_proto(&found, length, ours, sizeof ours - 1, offered, offered_bytes) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

bool set_up(SSL_CTX* context)
{
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA
                                     | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    // one look at the socket brings what lies there, not five bytes and then the rest
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_timeout(context, static_cast<long>(std::chrono::seconds{ticket_keys::life}.count()));
    SSL_CTX_set_max_early_data(context, 0);
    SSL_CTX_set_security_level(context, security_level);
    SSL_CTX_set_alpn_select_cb(context, &choose_protocol, nullptr);
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 && SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1
           && SSL_CTX_set_cipher_list(context, tls_1_2_ciphers) == 1 && SSL_CTX_set_ciphersuites(context, tls_1_3_ciphers) == 1
           && SSL_CTX_set1_groups_list(context, groups) == 1;
}

}  // namespace

struct tls_context::parts {
    explicit parts(ports::clock const& time) : tickets(time) {}

    ctx_ptr native;
    ticket_keys tickets;
    instant valid_from{};
    instant valid_until{};
};

tls_context::tls_context(std::unique_ptr<parts> made) : parts_(std::move(made)) {}
tls_context::~tls_context() = default;

instant tls_context::valid_from() const noexcept { return parts_->valid_from; }
instant tls_context::valid_until() const noexcept { return parts_->valid_until; }
ssl_ctx_st* tls_context::native() const noexcept { return parts_->native.get(); }

bool tls_context::names(std::string_view host) const
{
    auto* const own = SSL_CTX_get0_certificate(parts_->native.get());
    std::string const name(host);
    return X509_check_host(own, name.data(), name.size(), 0, nullptr) == 1 || X509_check_ip_asc(own, name.c_str(), 0) == 1;
}

std::variant<std::shared_ptr<tls_context const>, tls_fault> tls_context::load(tls_files const& files, ports::clock const& time)
{
    auto chain = read_chain(files.certificate);
    if (auto const* fault = std::get_if<tls_fault>(&chain)) return *fault;
    auto key = read_key(files.key);
    ERR_clear_error();
    if (auto const* fault = std::get_if<tls_fault>(&key)) return *fault;
    auto const& certificates = std::get<0>(chain);
    auto* const own = certificates.front().get();

    auto made = std::make_unique<parts>(time);
    auto const from = instant_of(X509_get0_notBefore(own));
    auto const until = instant_of(X509_get0_notAfter(own));
    if (!from || !until) return tls_fault::certificate_malformed;
    made->valid_from = *from;
    made->valid_until = *until;
    made->native.reset(SSL_CTX_new(TLS_server_method()));
    auto* const native = made->native.get();
    if (native == nullptr || !set_up(native) || !made->tickets.attach(native)) throw std::bad_alloc();

    auto const refused = [](tls_fault why) {
        ERR_clear_error();
        return why;
    };
    if (X509_check_private_key(own, std::get<0>(key).get()) != 1) return refused(tls_fault::mismatch);
    if (SSL_CTX_use_certificate(native, own) != 1) return refused(tls_fault::certificate_weak);
    for (std::size_t i = 1; i < certificates.size(); ++i)
        if (SSL_CTX_add1_chain_cert(native, certificates[i].get()) != 1) return refused(tls_fault::certificate_weak);
    if (SSL_CTX_use_PrivateKey(native, std::get<0>(key).get()) != 1) return refused(tls_fault::key_unsupported);
    return std::shared_ptr<tls_context const>(new tls_context(std::move(made)));
}

}  // namespace mb::http
