#include "adapters/http/edge/chunked.hpp"

#include "core/domain/base/ascii.hpp"

#include <algorithm>

namespace mb::http {
namespace {

/// More digits than a body of any limit needs; a longer size is an attempt to overflow someone.
constexpr int size_digits_max = 8;

bool is_control(char c) noexcept { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

bool is_name(char c) noexcept
{
    static constexpr std::string_view separators = "\"(),/:;<=>?@[\\]{} ";
    return c > 0x20 && c < 0x7f && separators.find(c) == std::string_view::npos;
}

}  // namespace

chunked_reader::step chunked_reader::read(std::string_view bytes, std::string& body)
{
    std::size_t used = 0;
    while (used < bytes.size()) {
        if (at_ == place::bytes) {
            auto const count = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_bytes_left_, bytes.size() - used));
            body.append(bytes.substr(used, count));
            used += count;
            chunk_bytes_left_ -= count;
            if (chunk_bytes_left_ == 0) at_ = place::bytes_cr;
            continue;
        }
        if (auto const now = take(bytes[used++], body); now != state::more) return {now, used};
    }
    return {state::more, used};
}

chunked_reader::state chunked_reader::take(char c, std::string const& body) noexcept
{
    auto const expect = [&](char wanted, place next) {
        at_ = next;
        return c == wanted ? state::more : state::malformed;
    };
    switch (at_) {
        case place::size: return take_size(c);
        case place::extension:
            if (c == '\r') {
                at_ = place::size_lf;
                return state::more;
            }
            return is_control(c) || !count_overhead() ? state::malformed : state::more;
        case place::size_lf: return c == '\n' ? begin_chunk(body) : state::malformed;
        case place::bytes: break;  // read() takes those many at a time
        case place::bytes_cr: return expect('\r', place::bytes_lf);
        case place::bytes_lf: return expect('\n', place::size);
        case place::last_lf: return c == '\n' ? state::done : state::malformed;
        default: return take_trailer(c);
    }
    return state::malformed;
}

chunked_reader::state chunked_reader::take_size(char c) noexcept
{
    if (auto const digit = hex_value(c); digit >= 0) {
        if (++size_digits_ > size_digits_max) return state::malformed;
        chunk_bytes_left_ = chunk_bytes_left_ << 4 | static_cast<std::uint64_t>(digit);
        return state::more;
    }
    if (size_digits_ == 0 || (c != '\r' && c != ';')) return state::malformed;
    at_ = c == '\r' ? place::size_lf : place::extension;
    return state::more;
}

chunked_reader::state chunked_reader::begin_chunk(std::string const& body) noexcept
{
    size_digits_ = 0;
    if (chunk_bytes_left_ == 0) {
        at_ = place::trailer_start;
        return state::more;
    }
    if (chunk_bytes_left_ > body_bytes_max_ - std::min(body.size(), body_bytes_max_)) return state::too_large;
    at_ = place::bytes;
    return state::more;
}

chunked_reader::state chunked_reader::take_trailer(char c) noexcept
{
    if (at_ == place::trailer_start && c == '\r') {
        at_ = place::last_lf;
        return state::more;
    }
    if (!count_overhead()) return state::malformed;
    switch (at_) {
        case place::trailer_start: at_ = place::trailer_name; return is_name(c) ? state::more : state::malformed;
        case place::trailer_name:
            if (c == ':') at_ = place::trailer_value;
            return c == ':' || is_name(c) ? state::more : state::malformed;
        case place::trailer_value:
            if (c == '\r') at_ = place::trailer_lf;
            return c == '\r' || !is_control(c) ? state::more : state::malformed;
        default: at_ = place::trailer_start; return c == '\n' ? state::more : state::malformed;
    }
}

}  // namespace mb::http
