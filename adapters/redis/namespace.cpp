#include "adapters/redis/namespace.hpp"

#include "core/domain/base/ascii.hpp"

namespace mb::redis {
namespace {

constexpr std::size_t prefix_bytes = 4;
constexpr std::size_t name_bytes = 16;  // of a digest: enough that no two names meet

std::string_view bytes_of(identity::digest const& of) noexcept { return {reinterpret_cast<char const*>(of.data()), of.size()}; }

}  // namespace

std::string hex(std::string_view bytes)
{
    std::string text;
    text.reserve(bytes.size() * 2);
    for (char const c : bytes) {
        auto const byte = static_cast<unsigned char>(c);
        text += hex_digits[byte >> 4];
        text += hex_digits[byte & 15];
    }
    return text;
}

key_names::key_names(ports::digester const& digests)
    : digests_(&digests),
      prefix_("mb:" + hex(bytes_of(digests.mac("redis installation", "")).substr(0, prefix_bytes)) + ':')
{
}

std::string key_names::hidden(std::string_view kind, std::string_view name) const
{
    return plain(kind, hex(bytes_of(digests_->mac("redis key", name)).substr(0, name_bytes)));
}

std::string key_names::plain(std::string_view kind, std::string_view name) const
{
    std::string key = prefix_;
    return key.append(kind).append(":").append(name);
}

}  // namespace mb::redis
