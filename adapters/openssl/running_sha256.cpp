#include "adapters/openssl/running_sha256.hpp"

#include "core/domain/base/assert.hpp"

#include <openssl/evp.h>

namespace mb::openssl {

struct running_sha256::context {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> held{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

running_sha256::running_sha256() : context_(std::make_unique<context>())
{
    MB_ASSERT(context_->held && EVP_DigestInit_ex(context_->held.get(), EVP_sha256(), nullptr) == 1);
}

running_sha256::~running_sha256() = default;

void running_sha256::add(std::string_view bytes) noexcept { MB_ASSERT(EVP_DigestUpdate(context_->held.get(), bytes.data(), bytes.size()) == 1); }

identity::digest running_sha256::finish() noexcept
{
    identity::digest result{};
    MB_ASSERT(EVP_DigestFinal_ex(context_->held.get(), result.data(), nullptr) == 1);
    return result;
}

}  // namespace mb::openssl
