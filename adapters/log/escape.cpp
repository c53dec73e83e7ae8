#include "adapters/log/escape.hpp"

#include "core/domain/base/ascii.hpp"
#include "core/domain/base/text.hpp"

#include <algorithm>

namespace mb::log {
namespace {

void append_unicode(std::string& out, unsigned code_point)
{
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out += hex_digits[code_point >> shift & 15];
}

void append_ascii(std::string& out, char c)
{
    switch (c) {
        case '\\': out += "\\\\"; return;
        case '"': out += "\\\""; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: break;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
        append_unicode(out, static_cast<unsigned char>(c));
    else
        out += c;
}

/// Bytes of the sequence that a lead byte announces, or 1 where it announces none.
std::size_t announced(unsigned char lead) noexcept { return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1; }

/// The code point of a valid sequence of two or three bytes; 0 for four, none of which needs an escape.
unsigned code_point_of(std::string_view sequence) noexcept
{
    auto const at = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(sequence[i])); };
    if (sequence.size() == 2) return (at(0) & 0x1f) << 6 | (at(1) & 0x3f);
    if (sequence.size() == 3) return (at(0) & 0x0f) << 12 | (at(1) & 0x3f) << 6 | (at(2) & 0x3f);
    return 0;
}

bool is_dangerous(unsigned code_point) noexcept
{
    return (code_point >= 0x80 && code_point <= 0x9f) || (code_point >= 0x2028 && code_point <= 0x202e)
           || (code_point >= 0x2066 && code_point <= 0x2069);
}

}  // namespace

void append_escaped(std::string& out, std::string_view raw, spelling how, std::size_t bytes_max)
{
    auto const is_cut = raw.size() > bytes_max;
    if (is_cut) {
        auto edge = bytes_max;
        while (edge > 0 && bytes_max - edge < 3 && (static_cast<unsigned char>(raw[edge]) & 0xc0) == 0x80) --edge;
        raw = raw.substr(0, edge);
    }
    while (!raw.empty()) {
        auto const lead = static_cast<unsigned char>(raw.front());
        if (lead < 0x80) {
            append_ascii(out, raw.front());
            raw.remove_prefix(1);
            continue;
        }
        auto const sequence = raw.substr(0, announced(lead));
        if (!is_utf8(sequence)) {
            if (how == spelling::json)
                out += "\\ufffd";
            else
                out.append("\\x") += {hex_digits[lead >> 4], hex_digits[lead & 15]};
            raw.remove_prefix(1);
            continue;
        }
        if (auto const code_point = code_point_of(sequence); is_dangerous(code_point))
            append_unicode(out, code_point);
        else
            out += sequence;
        raw.remove_prefix(sequence.size());
    }
    if (is_cut) out += "…";
}

}  // namespace mb::log
