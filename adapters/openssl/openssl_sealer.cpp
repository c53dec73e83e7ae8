#include "adapters/openssl/openssl_sealer.hpp"

#include "adapters/openssl/raw_bytes.hpp"
#include "core/domain/base/assert.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>

namespace mb::openssl {
namespace {

constexpr char version = 0x01;
constexpr std::size_t header_bytes = 1 + 4;
constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;

struct cipher_context_free {
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }  // wipes the key schedule
};
using cipher_context = std::unique_ptr<EVP_CIPHER_CTX, cipher_context_free>;

enum class way : int { open = 0, seal = 1 };

int length_of(std::string_view bytes) noexcept
{
    MB_ASSERT(bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
    return static_cast<int>(bytes.size());
}

/// A context that has taken the key, the nonce and everything that is bound to the content.
cipher_context begin(way direction, std::string_view key, std::string_view nonce, std::string_view header, std::string_view place)
{
    static EVP_CIPHER* const algorithm = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    cipher_context context(EVP_CIPHER_CTX_new());
    int ignored = 0;
    MB_ASSERT(context && EVP_CipherInit_ex2(context.get(), algorithm, raw(key), raw(nonce), static_cast<int>(direction), nullptr) == 1);
    MB_ASSERT(EVP_CipherUpdate(context.get(), nullptr, &ignored, raw(header), length_of(header)) == 1);
    MB_ASSERT(EVP_CipherUpdate(context.get(), nullptr, &ignored, raw(place), length_of(place)) == 1);
    return context;
}

/// @param out  at least as long as `from`; GCM is a stream, lengths are equal.
void run(EVP_CIPHER_CTX* context, std::string_view from, char* out)
{
    int written = 0;
    MB_ASSERT(EVP_CipherUpdate(context, reinterpret_cast<unsigned char*>(out), &written, raw(from), length_of(from)) == 1);
    MB_ASSERT(static_cast<std::size_t>(written) == from.size());
}

}  // namespace

openssl_sealer::sealing_key openssl_sealer::key_of(master_key const& master)
{
    sealing_key made{{}, master.derive("seal")};
    auto const id = master.derive("seal id", made.id.size());
    std::memcpy(made.id.data(), id.reveal().data(), made.id.size());
    return made;
}

openssl_sealer::openssl_sealer(master_key const& current, std::span<master_key const> earlier, ports::randomness const& random) : random_(random)
{
    keys_.push_back(key_of(current));
    for (auto const& each : earlier) keys_.push_back(key_of(each));
}

std::string openssl_sealer::seal(std::string_view place, std::string_view plain) const
{
    auto const& key = keys_.front();
    std::string sealed(overhead_bytes + plain.size(), '\0');
    sealed[0] = version;
    std::memcpy(sealed.data() + 1, key.id.data(), key.id.size());
    random_.fill({reinterpret_cast<std::uint8_t*>(sealed.data()) + header_bytes, nonce_bytes});
    std::string_view const shown = sealed;
    auto const context = begin(way::seal, key.key.reveal(), shown.substr(header_bytes, nonce_bytes), shown.substr(0, header_bytes), place);
    run(context.get(), plain, sealed.data() + header_bytes + nonce_bytes);
    int none = 0;
    auto* const tag = reinterpret_cast<unsigned char*>(sealed.data()) + sealed.size() - tag_bytes;
    MB_ASSERT(EVP_CipherFinal_ex(context.get(), tag, &none) == 1);
    MB_ASSERT(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, tag_bytes, tag) == 1);
    return sealed;
}

outcome<secret> openssl_sealer::open(std::string_view place, std::string_view sealed) const
{
    if (sealed.size() < overhead_bytes || sealed[0] != version) return error{errc::corrupt, "openssl.open", "not a sealed value"};
    auto const key = std::find_if(keys_.begin(), keys_.end(),
                                  [&](sealing_key const& each) { return std::memcmp(each.id.data(), sealed.data() + 1, each.id.size()) == 0; });
    if (key == keys_.end()) return error{errc::corrupt, "openssl.open", "sealed under another master key"};

    auto const content = sealed.substr(header_bytes + nonce_bytes, sealed.size() - overhead_bytes);
    std::array<unsigned char, tag_bytes> tag;
    std::memcpy(tag.data(), sealed.data() + sealed.size() - tag_bytes, tag_bytes);
    auto const context = begin(way::open, key->key.reveal(), sealed.substr(header_bytes, nonce_bytes), sealed.substr(0, header_bytes), place);
    std::string plain(content.size(), '\0');
    run(context.get(), content, plain.data());
    int none = 0;
    unsigned char nothing_more[tag_bytes];
    MB_ASSERT(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, tag_bytes, tag.data()) == 1);
    bool const genuine = EVP_CipherFinal_ex(context.get(), nothing_more, &none) == 1;
    secret opened{std::move(plain)};  // wiped on the way out if it is not genuine
    if (!genuine) return error{errc::corrupt, "openssl.open", "changed, or moved from another place"};
    return opened;
}

}  // namespace mb::openssl
