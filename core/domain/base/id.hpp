#pragma once

#include "core/domain/base/instant.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace mb {

using uuid_bytes = std::array<std::uint8_t, 16>;

/// Lower-case canonical text of 36 characters (RFC 9562 section 4).
std::string format_uuid(uuid_bytes const& bytes);
void format_uuid(uuid_bytes const& bytes, char (&out)[36]) noexcept;
/// Reads the canonical 36 characters, either case; no braces, no URN prefix.
std::optional<uuid_bytes> parse_uuid(std::string_view text) noexcept;
/// UUID version 7 (RFC 9562 section 5.7): `at` in milliseconds, then ten random bytes.
uuid_bytes make_uuid_v7(instant at, std::array<std::uint8_t, 10> const& entropy) noexcept;

/// A 16-byte identity that can't be mistaken for another kind of identity.
template <class Tag>
struct id {
    uuid_bytes bytes{};

    static std::optional<id> parse(std::string_view text) noexcept
    {
        auto const read = parse_uuid(text);
        if (!read) return std::nullopt;
        return id{*read};
    }

    std::string text() const { return format_uuid(bytes); }

    friend auto operator<=>(id const&, id const&) = default;
};

}  // namespace mb

template <class Tag>
struct std::hash<mb::id<Tag>> {
    std::size_t operator()(mb::id<Tag> const& value) const noexcept
    {
        std::size_t folded = 0xcbf29ce484222325u;
        for (auto const byte : value.bytes) folded = (folded ^ byte) * 0x100000001b3u;
        return folded;
    }
};
