#include "adapters/http/edge/gate.hpp"

#include "core/domain/base/ascii.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <vector>

namespace mb::http {
namespace {

namespace beast_http = boost::beast::http;
using beast_http::field;
using boost::beast::error_code;
using boost::beast::string_view;

std::string_view view_of(string_view text) noexcept { return {text.data(), text.size()}; }

/// RFC 9110 section 5.6.2
bool is_token(std::string_view text) noexcept
{
    static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty()
           && std::ranges::all_of(text, [](char c) { return is_ascii_digit(c) || is_ascii_letter(c) || marks.find(c) != std::string_view::npos; });
}

std::optional<verb> verb_of(std::string_view name) noexcept
{
    for (auto const known : {verb::get, verb::post, verb::put, verb::patch, verb::remove, verb::head, verb::options})
        if (name == name_of(known)) return known;
    return std::nullopt;
}

struct request_line {
    verb method = verb::get;
    std::string_view target;
    bool http_1_0 = false;
};

/// Reads the first line without its CRLF. A version that is none is malformed, a version that is not ours is another answer;
/// it is judged first, so that the preface of HTTP/2 is told its version.
std::variant<request_line, problem> read_request_line(std::string_view line, edge_limits const& limits) noexcept
{
    auto const method_end = line.find(' ');
    auto const target_end = line.rfind(' ');
    if (method_end == std::string_view::npos || target_end == method_end) return problem::bad_request;
    auto const method = line.substr(0, method_end);
    auto const target = line.substr(method_end + 1, target_end - method_end - 1);
    auto const version = line.substr(target_end + 1);

    if (target.size() > limits.target_bytes_max) return problem::target_too_long;
    if (version.size() != 8 || !version.starts_with("HTTP/") || !is_ascii_digit(version[5]) || version[6] != '.' || !is_ascii_digit(version[7]))
        return problem::bad_request;
    if (target.empty() || target.find(' ') != std::string_view::npos || !is_token(method)) return problem::bad_request;
    if (version != "HTTP/1.1" && version != "HTTP/1.0") return problem::http_version_not_supported;
    // TRACE and CONNECT are not ours either: never echoed, never tunnelled
    auto const known = verb_of(method);
    if (!known) return problem::not_implemented;
    return request_line{*known, target, version == "HTTP/1.0"};
}

/// Every value of every Cookie field: names with the __Host- prefix promise that there is one of each (RFC 6265bis section 4.1.3.2).
class cookie_names {
public:
    bool repeats(std::string_view cookies)
    {
        while (!cookies.empty()) {
            auto const end = cookies.find(';');
            auto const pair = trim_blanks(cookies.substr(0, end));
            cookies = end == std::string_view::npos ? std::string_view{} : cookies.substr(end + 1);
            auto const name = trim_blanks(pair.substr(0, pair.find('=')));
            if (name.size() < prefix.size() || !same_letters(name.substr(0, prefix.size()), prefix)) continue;
            if (std::ranges::find(seen_, name) != seen_.end()) return true;
            seen_.push_back(name);
        }
        return false;
    }

private:
    static constexpr std::string_view prefix = "__Host-";
    std::vector<std::string_view> seen_;
};

/// What the fields say about the message itself, gathered while they are read.
struct gathered {
    std::optional<std::string_view> host;
    std::optional<std::uint64_t> content_length;
    bool chunked = false;
    bool expects_continue = false;
    std::uint32_t singletons_seen = 0;
    cookie_names cookies;
};

/// 1*DIGIT, no sign, no list, no leading zero: "010" and "1, 1" are lengths to one reader and none to another.
std::optional<std::uint64_t> read_content_length(std::string_view text) noexcept
{
    std::uint64_t value = 0;
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (text.size() > 1 && text.front() == '0') return std::nullopt;
    return value;
}

/// Exactly `chunked` is read. A well-formed list of codings that ends otherwise, or has more, is one that we don't do; anything else is a doubt.
std::optional<problem> judge_transfer_coding(std::string_view value) noexcept
{
    if (same_letters(value, "chunked")) return std::nullopt;
    for (bool after_chunked = false;;) {
        auto const comma = value.find(',');
        auto const coding = trim_blanks(value.substr(0, comma));
        if (!is_token(coding) || after_chunked) return problem::bad_request;
        after_chunked = same_letters(coding, "chunked");
        if (comma == std::string_view::npos) return problem::not_implemented;
        value.remove_prefix(comma + 1);
    }
}

/// Of these a second one is refused: two readers would choose differently.
std::optional<unsigned> singleton_of(field known, std::string_view lower_name) noexcept
{
    switch (known) {
        case field::host: return 0;
        case field::content_length: return 1;
        case field::transfer_encoding: return 2;
        case field::authorization: return 3;
        case field::content_type: return 4;
        case field::expect: return 5;
        case field::origin: return 6;
        default: break;
    }
    if (lower_name == "dpop") return 7;
    if (lower_name == "x-step-up-token") return 8;
    if (lower_name == "idempotency-key") return 9;
    return std::nullopt;
}

std::optional<problem> judge_field(field known, std::string_view lower_name, std::string_view value, gathered& into)
{
    if (auto const single = singleton_of(known, lower_name)) {
        auto const bit = 1U << *single;
        if ((into.singletons_seen & bit) != 0) return problem::bad_request;
        into.singletons_seen |= bit;
    }
    switch (known) {
        case field::host: into.host = value; break;
        case field::content_length:
            into.content_length = read_content_length(value);
            if (!into.content_length) return problem::bad_request;
            break;
        case field::transfer_encoding: into.chunked = true; return judge_transfer_coding(value);
        case field::content_encoding: return problem::unsupported_media_type;
        case field::expect:
            if (!same_letters(value, "100-continue")) return problem::expectation_failed;
            into.expects_continue = true;
            break;
        case field::cookie:
            if (into.cookies.repeats(value)) return problem::bad_request;
            break;
        default: break;
    }
    return std::nullopt;
}

/// Beast's wire parser over one complete head. Its own container of fields is left out: a field of 64 KiB makes it throw in this version.
class head_parser final : public beast_http::basic_parser<true> {
public:
    head_parser(request_head& head, gathered& said, edge_limits const& limits) : head_(head), said_(said), limits_(limits)
    {
        header_limit(static_cast<std::uint32_t>(limits.header_bytes_max + 1));
        skip(true);  // the body is read elsewhere
    }

    /// The first thing wrong, or nothing.
    std::optional<problem> run(std::string_view raw)
    {
        error_code failed;
        auto const used = put(boost::asio::const_buffer{raw.data(), raw.size()}, failed);
        if (why_) return why_;
        if (failed == beast_http::error::header_limit) return problem::headers_too_large;
        if (failed || used != raw.size() || !is_done()) return problem::bad_request;
        return std::nullopt;
    }

private:
    void on_field_impl(field known, string_view name, string_view value, error_code& failed) override
    {
        if (head_.fields.size() == limits_.header_fields_max) {
            why_ = problem::headers_too_large;
        } else {
            // names are compared often from here on: in lower case once
            auto& lower_name = head_.fields.emplace_back(view_of(name), view_of(value)).first;
            for (char& c : lower_name)
                if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
            why_ = judge_field(known, lower_name, view_of(value), said_);
        }
        if (why_) failed = beast_http::error::bad_field;
    }

    void on_request_impl(beast_http::verb, string_view, string_view, int, error_code&) override {}
    void on_response_impl(int, string_view, int, error_code&) override {}
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
    std::size_t on_body_impl(string_view, error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, string_view, error_code&) override { return 0; }
    void on_finish_impl(error_code&) override {}

    request_head& head_;
    gathered& said_;
    edge_limits const& limits_;
    std::optional<problem> why_;
};

/// The framing that is left after every field passed alone.
std::variant<framing, problem> decide_framing(request_line const& line, gathered const& said) noexcept
{
    if (said.chunked && (said.content_length || line.http_1_0)) return problem::bad_request;
    auto const body = said.chunked ? framing::chunked : said.content_length.value_or(0) > 0 ? framing::sized : framing::none;
    if (body != framing::none && (line.method == verb::get || line.method == verb::head)) return problem::bad_request;
    return body;
}

std::optional<problem> read_into(request_line const& line, gathered const& said, host_list const& hosts, passed_head& passed)
{
    auto const body = decide_framing(line, said);
    if (auto const* why = std::get_if<problem>(&body)) return *why;
    passed.body = std::get<framing>(body);
    passed.content_length = said.content_length.value_or(0);
    passed.http_1_0 = line.http_1_0;
    // HTTP/1.0 knows no interim answer (RFC 9110 section 10.1.1)
    passed.expects_continue = said.expects_continue && !line.http_1_0 && passed.body != framing::none;

    auto const target = read_target(line.target);
    if (!target || !said.host || !hosts.allows(*said.host)) return problem::bad_request;
    if (!target->authority.empty() && !hosts.allows(target->authority)) return problem::bad_request;

    auto& head = passed.head;
    head.method = line.method;
    head.has_body = passed.body != framing::none;
    head.query = target->query;
    if (target->path == "*") {
        if (line.method != verb::options) return problem::bad_request;
        head.segments.emplace_back("*");
    } else {
        auto segments = split_path(target->path);
        if (!segments) return problem::bad_request;
        head.segments = *std::move(segments);
    }
    if (!target->authority.empty())
        for (auto& [name, value] : head.fields)
            if (name == "host") value = target->authority;
    return std::nullopt;
}

}  // namespace

std::optional<std::size_t> find_head_end(std::string_view received, std::size_t searched) noexcept
{
    auto const from = searched > 3 ? searched - 3 : 0;
    if (received.size() <= from) return std::nullopt;
    auto const* const found = static_cast<char const*>(::memmem(received.data() + from, received.size() - from, "\r\n\r\n", 4));
    if (found == nullptr) return std::nullopt;
    return static_cast<std::size_t>(found - received.data()) + 4;
}

std::optional<problem> doubt_partial_head(std::string_view received, std::size_t searched, edge_limits const& limits) noexcept
{
    for (std::size_t i = searched; i < received.size(); ++i) {
        auto const c = static_cast<unsigned char>(received[i]);
        bool const after_cr = i > 0 && received[i - 1] == '\r';
        if (after_cr ? c != '\n' : (c == '\n' || (c < 0x20 && c != '\t' && c != '\r') || c == 0x7f)) return problem::bad_request;
    }
    if (received.starts_with('\r')) return problem::bad_request;
    auto const line_end = received.find("\r\n");
    if (line_end == std::string_view::npos) {
        constexpr std::size_t around_target = sizeof "OPTIONS  HTTP/1.1";
        return received.size() > limits.target_bytes_max + around_target ? std::optional{problem::target_too_long} : std::nullopt;
    }
    auto const line = read_request_line(received.substr(0, line_end), limits);
    if (auto const* why = std::get_if<problem>(&line)) return *why;
    return std::nullopt;
}

std::variant<passed_head, gate_refusal> read_head(std::string_view raw, host_list const& hosts, edge_limits const& limits)
{
    auto const line_end = raw.find("\r\n");
    if (line_end == std::string_view::npos || !raw.ends_with("\r\n\r\n")) return gate_refusal{problem::bad_request};
    auto const line = read_request_line(raw.substr(0, line_end), limits);
    if (auto const* why = std::get_if<problem>(&line)) return gate_refusal{*why};
    if (raw.size() > limits.header_bytes_max) return gate_refusal{problem::headers_too_large};
    // a folded line is another field to one reader; it must not reach the parser, which would join it
    if (raw.find("\r\n ") != std::string_view::npos || raw.find("\r\n\t") != std::string_view::npos) return gate_refusal{problem::bad_request};

    passed_head passed;
    passed.head.fields.reserve(12);
    gathered said;
    head_parser parser(passed.head, said, limits);
    if (auto const why = parser.run(raw)) return gate_refusal{*why};
    if (auto const why = read_into(std::get<request_line>(line), said, hosts, passed)) return gate_refusal{*why};
    passed.keep_alive = parser.keep_alive();
    return passed;
}

}  // namespace mb::http
