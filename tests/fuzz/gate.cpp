#include "adapters/http/edge/gate.hpp"

#include "adapters/http/edge/chunked.hpp"
#include "core/domain/base/assert.hpp"
#include "core/domain/base/text.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

// Any bytes as what a client sends: first a head, then, where it says so, a chunked body; and the whole input as a chunked body alone.
// Beyond not crashing: what passes keeps the promises that the service builds on, pieces are read as the whole is, and where Beast reads the
// same chunked body too, it reads the same bytes.
namespace {

using namespace mb;
using namespace mb::http;

host_list const hosts = *host_list::parse({"localhost", "127.0.0.1:8080", "[::1]"});
edge_limits const limits;

void check_segment(std::string const& segment)
{
    MB_ASSERT(segment.find_first_of("/\\;") == std::string::npos);
    MB_ASSERT(segment != "." && segment != "..");
    MB_ASSERT(is_utf8(segment) && !has_control(segment));
}

void check_field(std::string const& name, std::string const& value)
{
    MB_ASSERT(!name.empty() && name == ascii_lower(name));
    MB_ASSERT(name.find_first_of(" \t\r\n:") == std::string::npos);
    MB_ASSERT(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
}

void check_promises(passed_head const& passed)
{
    auto const& head = passed.head;
    MB_ASSERT(head.fields.size() <= limits.header_fields_max);
    for (auto const& [name, value] : head.fields) check_field(name, value);
    for (auto const& segment : head.segments) check_segment(segment);
    for (std::size_t i = 0; i + 1 < head.segments.size(); ++i) MB_ASSERT(!head.segments[i].empty());
    for (auto const* once : {"host", "authorization", "content-length", "transfer-encoding", "content-type", "dpop"})
        MB_ASSERT(std::ranges::count(head.fields, once, [](auto const& field) { return field.first; }) <= 1);
    MB_ASSERT(hosts.allows(head.field("host")));
    MB_ASSERT(head.field("content-encoding").empty());
    MB_ASSERT(head.has_body == (passed.body != framing::none));
    MB_ASSERT(!head.has_body || (head.method != verb::get && head.method != verb::head));
    MB_ASSERT(passed.body != framing::sized || passed.content_length > 0);
    MB_ASSERT(passed.body != framing::chunked || (head.field("content-length").empty() && !passed.http_1_0));
}

struct decoded {
    chunked_reader::step last;
    std::string body;
};

/// @param piece  bytes given at a time
decoded decode(std::string_view bytes, std::size_t piece)
{
    constexpr std::size_t body_bytes_max = 4096;
    constexpr std::size_t overhead_bytes_max = 256;
    chunked_reader reader(body_bytes_max, overhead_bytes_max);
    decoded so_far;
    for (std::size_t at = 0; at < bytes.size() && so_far.last.now == chunked_reader::state::more; at += piece) {
        auto const step = reader.read(bytes.substr(at, piece), so_far.body);
        so_far.last = {step.now, so_far.last.used + step.used};
    }
    MB_ASSERT(so_far.body.size() <= body_bytes_max);
    MB_ASSERT(so_far.last.used <= bytes.size());
    return so_far;
}

/// Another reader of the same bytes must not see another body, nor another end.
void compare_with_beast(std::string_view bytes, decoded const& ours)
{
    namespace beast_http = boost::beast::http;
    beast_http::request_parser<beast_http::string_body> parser;
    parser.eager(true);
    boost::system::error_code failed;
    try {
        std::string const text = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(bytes);
        std::size_t used = 0;
        while (used < text.size() && !parser.is_done() && !failed)
            used += parser.put(boost::asio::buffer(text.data() + used, text.size() - used), failed);
        if (failed || !parser.is_done()) return;
        MB_ASSERT(parser.get().body() == ours.body);
        MB_ASSERT(used == text.size() - bytes.size() + ours.last.used);
    } catch (std::length_error const&) {
        // what this version throws for a long trailer
    }
}

void read_chunked(std::string_view bytes)
{
    auto const whole = decode(bytes, std::max<std::size_t>(bytes.size(), 1));
    auto const pieces = decode(bytes, 1);
    MB_ASSERT(whole.last.now == pieces.last.now && whole.last.used == pieces.last.used && whole.body == pieces.body);
    if (whole.last.now == chunked_reader::state::done) compare_with_beast(bytes, whole);
}

/// A head that passes whole is not doubted while it is incomplete.
void check_prefixes(std::string_view raw)
{
    auto const step = std::max<std::size_t>(raw.size() / 64, 1);
    std::size_t searched = 0;
    for (std::size_t size = 1; size < raw.size(); size += step) {
        MB_ASSERT(!find_head_end(raw.substr(0, size), searched));
        MB_ASSERT(!doubt_partial_head(raw.substr(0, size), searched, limits));
        searched = size;
    }
    MB_ASSERT(find_head_end(raw, searched) == raw.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size)
{
    std::string_view const input(reinterpret_cast<char const*>(bytes), size);
    read_chunked(input);
    static_cast<void>(doubt_partial_head(input, 0, limits));

    auto const end = find_head_end(input, 0);
    auto const raw = end ? input.substr(0, *end) : input;
    auto const verdict = read_head(raw, hosts, limits);
    auto const* passed = std::get_if<passed_head>(&verdict);
    if (passed == nullptr) return 0;
    MB_ASSERT(end);
    check_promises(*passed);
    check_prefixes(raw);
    if (passed->body == framing::chunked) read_chunked(input.substr(*end));
    return 0;
}
