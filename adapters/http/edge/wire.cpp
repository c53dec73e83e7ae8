#include "adapters/http/edge/wire.hpp"

#include <algorithm>
#include <charconv>

namespace mb::http {
namespace {

/// With the version in front: one copy for the whole line.
std::string_view status_line(int status) noexcept
{
    switch (status) {
        case 200: return "HTTP/1.1 200 OK\r\n";
        case 201: return "HTTP/1.1 201 Created\r\n";
        case 202: return "HTTP/1.1 202 Accepted\r\n";
        case 204: return "HTTP/1.1 204 No Content\r\n";
        case 302: return "HTTP/1.1 302 Found\r\n";
        case 303: return "HTTP/1.1 303 See Other\r\n";
        case 304: return "HTTP/1.1 304 Not Modified\r\n";
        case 307: return "HTTP/1.1 307 Temporary Redirect\r\n";
        case 308: return "HTTP/1.1 308 Permanent Redirect\r\n";
        case 400: return "HTTP/1.1 400 Bad Request\r\n";
        case 401: return "HTTP/1.1 401 Unauthorized\r\n";
        case 403: return "HTTP/1.1 403 Forbidden\r\n";
        case 404: return "HTTP/1.1 404 Not Found\r\n";
        case 405: return "HTTP/1.1 405 Method Not Allowed\r\n";
        case 408: return "HTTP/1.1 408 Request Timeout\r\n";
        case 409: return "HTTP/1.1 409 Conflict\r\n";
        case 412: return "HTTP/1.1 412 Precondition Failed\r\n";
        case 413: return "HTTP/1.1 413 Content Too Large\r\n";
        case 414: return "HTTP/1.1 414 URI Too Long\r\n";
        case 415: return "HTTP/1.1 415 Unsupported Media Type\r\n";
        case 417: return "HTTP/1.1 417 Expectation Failed\r\n";
        case 422: return "HTTP/1.1 422 Unprocessable Content\r\n";
        case 423: return "HTTP/1.1 423 Locked\r\n";
        case 428: return "HTTP/1.1 428 Precondition Required\r\n";
        case 429: return "HTTP/1.1 429 Too Many Requests\r\n";
        case 431: return "HTTP/1.1 431 Request Header Fields Too Large\r\n";
        case 500: return "HTTP/1.1 500 Internal Server Error\r\n";
        case 501: return "HTTP/1.1 501 Not Implemented\r\n";
        case 503: return "HTTP/1.1 503 Service Unavailable\r\n";
        case 505: return "HTTP/1.1 505 HTTP Version Not Supported\r\n";
        default: return {};
    }
}

void append_number(std::string& out, std::size_t value)
{
    char digits[20];
    auto const end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out.append(digits, end);
}

void append_status(std::string& out, int status)
{
    if (auto const line = status_line(status); !line.empty()) {
        out += line;
        return;
    }
    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::size_t>(status));
    out += " \r\n";  // the reason may be empty, the space may not (RFC 9112 section 4)
}

bool is_plain(std::string_view value) noexcept
{
    return std::ranges::none_of(value, [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

}  // namespace

bool can_be_sent(response const& made) noexcept
{
    return made.status >= 200 && made.status <= 599 && std::ranges::all_of(made.fields, [](auto const& field) { return is_plain(field.second); });
}

void append_answer(std::string& out, response const& made, answer_form form, std::string_view common_fields)
{
    append_status(out, made.status);
    out += common_fields;
    for (auto const& [name, value] : made.fields) out.append(name).append(": ").append(value).append("\r\n");
    bool const has_body = made.status != 204 && made.status != 304;
    if (has_body) {
        if (!made.content_type.empty()) out.append("Content-Type: ").append(made.content_type).append("\r\n");
        out += "Content-Length: ";
        append_number(out, made.body.size());
        out += "\r\n";
    }
    if (form.close)
        out += "Connection: close\r\n";
    else if (form.says_keep_alive)
        out += "Connection: keep-alive\r\n";
    out += "\r\n";
    if (has_body && !form.without_body) out += made.body;
}

}  // namespace mb::http
