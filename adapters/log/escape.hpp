#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mb::log {

enum class spelling : std::uint8_t {
    text,  ///< bytes that are no UTF-8 become \xHH
    json   ///< they become U+FFFD (RFC 8259 allows no other spelling); quotes are always escaped
};

/// Appends `raw` so that it can neither end a line nor change how the line is shown: backslash, quotes, C0, DEL, C1, U+2028, U+2029 and the
/// direction marks U+202A to U+202E and U+2066 to U+2069 are escaped (security.md section 6.14).
/// @param bytes_max  of `raw`; what is cut off, at a character's edge, is shown as …
void append_escaped(std::string& out, std::string_view raw, spelling how, std::size_t bytes_max);

}  // namespace mb::log
