#include "adapters/openssl/system_randomness.hpp"

#include "core/domain/base/assert.hpp"
#include "core/domain/base/secret.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <limits>

namespace mb::openssl {
namespace {

void draw(std::span<std::uint8_t> bytes) noexcept
{
    MB_ASSERT(bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
    MB_ASSERT(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
}

/// A thread's own stock: a draw of 16 bytes costs as much as one of 1,024. What was given out is wiped here.
/// The server never forks; a child would draw the same bytes as its parent.
class stock {
public:
    ~stock() { wipe(bytes_.data(), bytes_.size()); }

    void take(std::span<std::uint8_t> into) noexcept
    {
        if (left_ < into.size()) {
            draw(bytes_);
            left_ = bytes_.size();
        }
        left_ -= into.size();
        auto* const from = bytes_.data() + left_;
        std::copy_n(from, into.size(), into.data());
        wipe(from, into.size());
    }

private:
    std::array<std::uint8_t, 1024> bytes_{};
    std::size_t left_ = 0;
};

constexpr std::size_t small_bytes_max = 64;
thread_local stock of_this_thread;

}  // namespace

void system_randomness::fill(std::span<std::uint8_t> bytes) const noexcept
{
    if (bytes.size() <= small_bytes_max)
        of_this_thread.take(bytes);
    else
        draw(bytes);
}

}  // namespace mb::openssl
