#include "adapters/runtime/siphash.hpp"

#include <bit>
#include <cstddef>

namespace mb::runtime {
namespace {

struct state {
    std::uint64_t a, b, c, d;

    void round() noexcept
    {
        a += b;
        b = std::rotl(b, 13) ^ a;
        a = std::rotl(a, 32);
        c += d;
        d = std::rotl(d, 16) ^ c;
        a += d;
        d = std::rotl(d, 21) ^ a;
        c += b;
        b = std::rotl(b, 17) ^ c;
        c = std::rotl(c, 32);
    }
    void absorb(std::uint64_t word) noexcept
    {
        d ^= word;
        round();
        round();
        a ^= word;
    }
};

/// Up to eight bytes, the first one lowest.
std::uint64_t little_endian(std::string_view bytes) noexcept
{
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    return word;
}

}  // namespace

std::uint64_t siphash(std::array<std::uint64_t, 2> const& key, std::string_view bytes) noexcept
{
    state s{key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du, key[0] ^ 0x6c7967656e657261u, key[1] ^ 0x7465646279746573u};
    auto const length = std::uint64_t{bytes.size()};
    for (; bytes.size() >= 8; bytes.remove_prefix(8)) s.absorb(little_endian(bytes.substr(0, 8)));
    s.absorb(little_endian(bytes) | length << 56);
    s.c ^= 0xff;
    for (int i = 0; i < 4; ++i) s.round();
    return s.a ^ s.b ^ s.c ^ s.d;
}

}  // namespace mb::runtime
