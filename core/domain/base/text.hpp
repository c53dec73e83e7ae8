#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mb {

/// Strict UTF-8 (RFC 3629): no overlong form, no surrogate, nothing past U+10FFFF.
bool is_utf8(std::string_view text) noexcept;
/// Code points of a text that is UTF-8.
std::size_t count_code_points(std::string_view utf8) noexcept;
/// U+0000 to U+001F, U+007F, and U+0080 to U+009F of a text that is UTF-8.
bool has_control(std::string_view utf8) noexcept;
std::string ascii_lower(std::string_view text);

/// RFC 4648 section 5, without padding.
std::string base64url(std::string_view bytes);
/// Refuses padding, white space, foreign characters and non-zero trailing bits.
std::optional<std::string> parse_base64url(std::string_view text);
/// RFC 4648 section 4, padding required, same strictness.
std::string base64(std::string_view bytes);
std::optional<std::string> parse_base64(std::string_view text);
std::string hex(std::string_view bytes);

/// A name that can appear in a URL, a JSON member and a filter: ^[a-zA-Z_][a-zA-Z0-9_]{0,99}$ (seed 000 section 4.1.1).
class identifier {
public:
    static constexpr std::size_t characters_max = 100;
    static std::optional<identifier> parse(std::string_view text);
    /// From storage: what was accepted once is not judged again.
    static identifier restore(std::string text) { return identifier{std::move(text)}; }
    std::string const& text() const noexcept { return text_; }
    friend auto operator<=>(identifier const&, identifier const&) = default;

private:
    explicit identifier(std::string text) noexcept : text_(std::move(text)) {}
    std::string text_;
};

}  // namespace mb
