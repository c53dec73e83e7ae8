#pragma once

#include "core/domain/shape/value.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

namespace mb::json {

/// What one text may hold. Each is tested at n and n+1.
struct limits {
    std::size_t bytes_max = 1 << 20;
    std::size_t depth_max = 32;            ///< of lists and objects; the parser recurses, so never raise it past a few hundred
    std::size_t values_max = 20'000;       ///< of all kinds, containers too: bounds the memory that a small text can ask for
    std::size_t members_max = 1'000;       ///< of one object
    std::size_t name_bytes_max = 256;      ///< of a member's name, unescaped
    std::size_t text_bytes_max = 1 << 18;  ///< of one string, unescaped
    std::size_t number_bytes_max = 128;    ///< of one number, as written
};

enum class fault_kind : std::uint8_t {
    syntax,          ///< no JSON (RFC 8259), more than one value, or a surrogate that no \u escape follows
    encoding,        ///< no UTF-8 (RFC 3629), or two escapes that are no pair of surrogates
    nul_character,   ///< \u0000, which PostgreSQL can't store
    duplicate_name,  ///< one object names a member twice, however it is spelled
    number_range,    ///< no finite double holds it
    too_deep,
    too_large  ///< any other limit
};
std::string_view name_of(fault_kind kind) noexcept;  ///< "syntax" …

struct fault {
    fault_kind kind = fault_kind::syntax;
    std::size_t offset = 0;  ///< the byte where it was noticed; a duplicate name is noticed where its object ends
    friend bool operator==(fault const&, fault const&) = default;
};

/// Reads one JSON text (RFC 8259), strictly: no byte order mark, comment, trailing comma or anything that another reader might
/// read otherwise. An integer that fits in 64 bits becomes an integer (-0 becomes 0); every other number keeps its spelling.
std::variant<shape::value, fault> read(std::string_view text, limits const& bounds = {});

}  // namespace mb::json
