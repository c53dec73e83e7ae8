#pragma once

#include <cstdint>
#include <string_view>

namespace mb::shape {

enum class decimal_fault : std::uint8_t { none, not_decimal, too_precise, too_large, too_small };

struct decimal_read {
    decimal_fault fault = decimal_fault::none;
    /// The value times 10^scale; where it is too large or too small, the bound that it passed.
    std::int64_t scaled = 0;
};

/// Reads decimal text and says what is wrong with it. @param precision digits in all, 1 to 18. @param scale 0 to precision.
decimal_read read_decimal(std::string_view text, int precision, int scale) noexcept;

/// The grammar of a JSON number (RFC 8259 section 6).
bool is_json_number(std::string_view text) noexcept;

}  // namespace mb::shape
