#include "adapters/http/edge/ticket_keys.hpp"

#include "core/domain/base/secret.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <cstring>
#include <mutex>
#include <optional>

namespace mb::http {
namespace {

constexpr std::size_t name_bytes = 16;
constexpr int iv_bytes = 16;

struct ticket_key {
    unsigned char name[name_bytes];
    unsigned char cipher[32];
    unsigned char mac[32];
    duration made{};

    ~ticket_key() { wipe(this, sizeof *this); }
};

int const context_place = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);

}  // namespace

struct ticket_keys::parts {
    explicit parts(ports::clock const& clock) : time(clock) {}

    /// Moves on where the newest key has had its time. @return false where no key could be made
    bool renew()
    {
        auto const now = time.ticks();
        if (older && now - older->made >= 2 * duration{life}) older.reset();
        if (newest && now - newest->made < life) return true;
        if (newest && now - newest->made < 2 * duration{life})
            older = newest;
        else
            older.reset();
        newest.emplace();
        newest->made = now;
        bool const drawn = RAND_bytes(newest->name, sizeof newest->name) == 1 && RAND_priv_bytes(newest->cipher, sizeof newest->cipher) == 1
                           && RAND_priv_bytes(newest->mac, sizeof newest->mac) == 1;
        if (!drawn) newest.reset();
        return drawn;
    }

    static bool use(ticket_key& key, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, bool writing)
    {
        char digest[] = "SHA256";
        OSSL_PARAM const wanted[] = {OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac, sizeof key.mac),
                                     OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_construct_end()};
        return EVP_MAC_CTX_set_params(mac, wanted) == 1
               && EVP_CipherInit_ex2(cipher, EVP_aes_256_cbc(), key.cipher, iv, writing ? 1 : 0, nullptr) == 1;
    }

    int write(unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac)
    {
        std::scoped_lock const one(mutex);
        if (!renew() || RAND_bytes(iv, iv_bytes) != 1) return 0;
        std::memcpy(name, newest->name, name_bytes);
        return use(*newest, iv, cipher, mac, true) ? 1 : -1;
    }

    /// 0: unknown, a full handshake follows; 1: good; 2: good, and a fresh ticket is due
    int read(unsigned char const* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac)
    {
        std::scoped_lock const one(mutex);
        if (!renew()) return 0;
        if (std::memcmp(name, newest->name, name_bytes) == 0) return use(*newest, iv, cipher, mac, false) ? 1 : -1;
        if (older && std::memcmp(name, older->name, name_bytes) == 0) return use(*older, iv, cipher, mac, false) ? 2 : -1;
        return 0;
    }

    static int on_ticket(SSL* session, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int writing) noexcept
    {
        auto* const keys = static_cast<parts*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(session), context_place));
        return writing != 0 ? keys->write(name, iv, cipher, mac) : keys->read(name, iv, cipher, mac);
    }

    ports::clock const& time;
    std::mutex mutex;
    std::optional<ticket_key> newest;
    std::optional<ticket_key> older;
};

ticket_keys::ticket_keys(ports::clock const& time) : parts_(std::make_unique<parts>(time)) {}
ticket_keys::~ticket_keys() = default;

bool ticket_keys::attach(ssl_ctx_st* context) noexcept
{
    return SSL_CTX_set_ex_data(context, context_place, parts_.get()) == 1 && SSL_CTX_set_tlsext_ticket_key_evp_cb(context, &parts::on_ticket) == 1;
}

}  // namespace mb::http
