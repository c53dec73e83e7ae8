#include "adapters/json/writer.hpp"

#include "core/domain/base/ascii.hpp"
#include "core/domain/base/text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <type_traits>

namespace mb::json {
namespace {

/// Whether all eight bytes are printable ASCII other than the quote and the backslash. Exact: no byte borrows from the next,
/// because the high bits are looked at first.
bool is_plain(char const* eight_bytes) noexcept
{
    constexpr std::uint64_t ones = 0x0101010101010101u;
    constexpr std::uint64_t highs = 0x8080808080808080u;
    std::uint64_t word;
    std::memcpy(&word, eight_bytes, sizeof word);
    auto const has_zero = [](std::uint64_t bytes) { return (bytes - ones) & ~bytes & highs; };
    auto const below_space = (word - ones * 0x20) & ~word & highs;
    return ((word & highs) | below_space | has_zero(word ^ ones * '"') | has_zero(word ^ ones * '\\') | has_zero(word ^ ones * 0x7f)) == 0;
}

bool is_plain(unsigned char c) noexcept { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

/// Length of the UTF-8 sequence that begins a text, 0 where none does.
std::size_t sequence_length(std::string_view text) noexcept
{
    auto const lead = static_cast<unsigned char>(text.front());
    std::size_t const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    return text.size() >= length && is_utf8(text.substr(0, length)) ? length : 0;
}

void append_unicode_escape(std::string& out, unsigned code_unit)
{
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out += hex_digits[code_unit >> shift & 15];
}

void append_ascii_escape(std::string& out, unsigned char c)
{
    switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\b': out += "\\b"; break;
        case '\f': out += "\\f"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        default: append_unicode_escape(out, c);
    }
}

}  // namespace

void writer::separate()
{
    if (comma_due_) out_ += ',';
    comma_due_ = true;
}

writer& writer::begin(char bracket)
{
    separate();
    out_ += bracket;
    comma_due_ = false;
    return *this;
}

writer& writer::end(char bracket)
{
    out_ += bracket;
    comma_due_ = true;
    return *this;
}

writer& writer::key(std::string_view name)
{
    separate();
    quote(name);
    out_ += ':';
    comma_due_ = false;
    return *this;
}

writer& writer::text(std::string_view content)
{
    separate();
    quote(content);
    return *this;
}

writer& writer::integer(std::int64_t content)
{
    separate();
    std::array<char, 24> digits;
    auto const written = std::to_chars(digits.data(), digits.data() + digits.size(), content);
    out_.append(digits.data(), written.ptr);
    return *this;
}

writer& writer::number(double content)
{
    if (!std::isfinite(content)) return null();
    separate();
    std::array<char, 32> digits;
    auto const written = std::to_chars(digits.data(), digits.data() + digits.size(), content);
    out_.append(digits.data(), written.ptr);
    return *this;
}

writer& writer::raw(std::string_view json)
{
    separate();
    out_ += json;
    return *this;
}

void writer::quote(std::string_view content)
{
    out_.reserve(out_.size() + content.size() + 2);
    out_ += '"';
    std::size_t copied = 0;  // everything before it has been written
    std::size_t at = 0;
    auto const flush = [&] { out_.append(content, copied, at - copied); };
    while (at < content.size()) {
        if (content.size() - at >= 8 && is_plain(content.data() + at)) {
            at += 8;
            continue;
        }
        auto const c = static_cast<unsigned char>(content[at]);
        if (is_plain(c)) {
            ++at;
            continue;
        }
        if (c < 0x80) {
            flush();
            append_ascii_escape(out_, c);
            copied = ++at;
            continue;
        }
        auto const rest = content.substr(at);
        auto const length = sequence_length(rest);
        bool const is_c1 = length == 2 && c == 0xc2 && static_cast<unsigned char>(rest[1]) < 0xa0;
        bool const is_separator = rest.starts_with("\xe2\x80\xa8") || rest.starts_with("\xe2\x80\xa9");
        if (length > 0 && !is_c1 && !is_separator) {
            at += length;
            continue;
        }
        flush();
        if (is_c1)
            append_unicode_escape(out_, static_cast<unsigned char>(rest[1]));
        else if (is_separator)
            append_unicode_escape(out_, rest[2] == '\xa8' ? 0x2028 : 0x2029);
        else
            out_ += "\xef\xbf\xbd";
        at += length > 0 ? length : 1;
        copied = at;
    }
    flush();
    out_ += '"';
}

writer& writer::value(shape::value const& content)
{
    std::visit(
        [this](auto const& held) {
            using held_type = std::remove_cvref_t<decltype(held)>;
            if constexpr (std::is_same_v<held_type, std::monostate>) {
                null();
            } else if constexpr (std::is_same_v<held_type, bool>) {
                boolean(held);
            } else if constexpr (std::is_same_v<held_type, std::int64_t>) {
                integer(held);
            } else if constexpr (std::is_same_v<held_type, shape::number>) {
                held.lexeme.empty() ? number(held.approximate) : raw(held.lexeme);
            } else if constexpr (std::is_same_v<held_type, std::string>) {
                text(held);
            } else if constexpr (std::is_same_v<held_type, shape::list>) {
                begin_list();
                for (auto const& each : held) value(each);
                end_list();
            } else {
                begin_object();
                for (auto const& each : held) key(each.name).value(each.content);
                end_object();
            }
        },
        content.held());
    return *this;
}

std::string write(shape::value const& content)
{
    std::string out;
    writer(out).value(content);
    return out;
}

}  // namespace mb::json
