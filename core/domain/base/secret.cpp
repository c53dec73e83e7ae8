#include "core/domain/base/secret.hpp"

#include <utility>

namespace mb {

void wipe(void* memory, std::size_t bytes) noexcept
{
    auto* at = static_cast<unsigned char volatile*>(memory);
    for (std::size_t i = 0; i < bytes; ++i) at[i] = 0;
}

bool same_bytes(std::string_view left, std::string_view right) noexcept
{
    if (left.size() != right.size()) return false;
    unsigned char volatile difference = 0;
    for (std::size_t i = 0; i < left.size(); ++i)
        difference = static_cast<unsigned char>(difference | (static_cast<unsigned char>(left[i]) ^ static_cast<unsigned char>(right[i])));
    return difference == 0;
}

secret::secret(std::string&& bytes) : bytes_(bytes)
{
    wipe(bytes.data(), bytes.size());
    bytes.clear();
}

secret::~secret() { wipe(bytes_.data(), bytes_.size()); }

// A short string lives inside the object, so moving it leaves a copy behind: wipe it.
secret::secret(secret&& other) noexcept : bytes_(std::move(other.bytes_))
{
    other.bytes_.resize(other.bytes_.capacity());
    wipe(other.bytes_.data(), other.bytes_.size());
    other.bytes_.clear();
}

secret& secret::operator=(secret&& other) noexcept
{
    if (this != &other) {
        wipe(bytes_.data(), bytes_.size());
        bytes_ = std::move(other.bytes_);
        other.bytes_.resize(other.bytes_.capacity());
        wipe(other.bytes_.data(), other.bytes_.size());
        other.bytes_.clear();
    }
    return *this;
}

}  // namespace mb
