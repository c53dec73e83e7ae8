#pragma once

#include "core/domain/base/function_ref.hpp"
#include "core/domain/entities/definition.hpp"
#include "core/domain/entities/record.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mb::entities {

/// A keyed MAC of the server's own, HMAC-SHA-256; only the first 16 bytes are used. Borrowed for one call.
using cursor_mac = function_ref<std::array<std::uint8_t, 32>(std::string_view)>;

/// Longest cursor in characters (entities.md section 1).
constexpr std::size_t cursor_bytes_max = 512;

/// base64url(payload, MAC). The MAC covers `bound_to` too, which is not sent: a cursor opens only beside what it was made for.
/// Nothing where it would be longer than cursor_bytes_max.
std::optional<std::string> seal_cursor(std::string_view payload, std::string_view bound_to, cursor_mac mac);
/// The payload; nothing where the text is no cursor of ours, was changed, or belongs to something else. Verifies before it decodes.
std::optional<std::string> open_cursor(std::string_view token, std::string_view bound_to, cursor_mac mac);

/// Where a page ended.
struct cursor_position {
    record_id last;
    /// The sort keys of that record; none where they were too long for a cursor and must be read from the record.
    std::optional<std::vector<cell>> keys;
};

/// The cursor behind `last`, bound to the entity and to the query's sort and filter: by the ids and types of fields, so that it outlives
/// their renaming and other changes of the definition, and the operands; not to the page's size.
std::string encode_cursor(entity_definition const& entity, record_query const& query, record const& last, cursor_mac mac);
/// Nothing where it is not a cursor of this very query: invalid_cursor.
std::optional<cursor_position> decode_cursor(std::string_view token, entity_definition const& entity, record_query const& query, cursor_mac mac);

}  // namespace mb::entities
