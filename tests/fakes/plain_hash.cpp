#include "tests/fakes/plain_hash.hpp"

#include "core/domain/base/text.hpp"

#include <cstddef>
#include <cstdint>

namespace mb::fakes {

identity::digest plain_hash(std::initializer_list<std::string_view> parts) noexcept
{
    identity::digest out{};
    for (std::uint64_t lane = 0; lane < 4; ++lane) {
        std::uint64_t state = 0xcbf29ce484222325u + lane * 0x9e3779b97f4a7c15u;
        auto const stir = [&](std::uint64_t with) {  // splitmix64's finisher
            state = (state ^ with) + 0x9e3779b97f4a7c15u;
            state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9u;
            state = (state ^ (state >> 27)) * 0x94d049bb133111ebu;
            state ^= state >> 31;
        };
        for (auto const part : parts) {
            stir(part.size());
            for (auto const byte : part) stir(static_cast<std::uint8_t>(byte));
        }
        for (std::size_t i = 0; i < 8; ++i) out[lane * 8 + i] = static_cast<std::uint8_t>(state >> (8 * i));
    }
    return out;
}

std::string short_hash(std::initializer_list<std::string_view> parts)
{
    auto const hashed = plain_hash(parts);
    return hex({reinterpret_cast<char const*>(hashed.data()), 8});
}

}  // namespace mb::fakes
