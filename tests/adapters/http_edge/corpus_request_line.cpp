#include "tests/adapters/http_edge/corpus.hpp"

namespace mb::http::testing {
namespace {

using namespace std::string_literals;

std::string with_line(std::string const& line) { return line + "\r\nHost: localhost\r\n\r\n"; }
std::string with_target(std::string const& target) { return with_line("GET " + target + " HTTP/1.1"); }

}  // namespace

std::vector<raw_case> request_line_cases()
{
    auto const open = afterwards::open;
    return {
        {"GET is served", with_line("GET / HTTP/1.1"), 200, open, "GET?"},
        {"HEAD is served", with_line("HEAD / HTTP/1.1"), 200, open},
        {"POST without a body is served", with_line("POST /a HTTP/1.1"), 200, open, "POST a?"},
        {"PUT without a body is served", with_line("PUT /a HTTP/1.1"), 200, open, "PUT a?"},
        {"PATCH without a body is served", with_line("PATCH /a HTTP/1.1"), 200, open, "PATCH a?"},
        {"DELETE is served", with_line("DELETE /a HTTP/1.1"), 200, open, "DELETE a?"},
        {"OPTIONS is served", with_line("OPTIONS /a HTTP/1.1"), 200, open, "OPTIONS a?"},
        {"OPTIONS of the whole server is served", with_line("OPTIONS * HTTP/1.1"), 200, open, "OPTIONS *?"},
        {"TRACE is not done, and nothing echoed", "TRACE / HTTP/1.1\r\nHost: localhost\r\nX-Secret: echo-me\r\n\r\n", 501},
        {"CONNECT is not done", "CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n\r\n", 501},
        {"an unknown method is not done", with_line("BREW / HTTP/1.1"), 501},
        {"a WebDAV method that Beast knows is not done", with_line("PROPFIND / HTTP/1.1"), 501},
        {"a lower-case method is another method", with_line("get / HTTP/1.1"), 501},
        {"a method with a space before it is malformed", with_line(" GET / HTTP/1.1"), 400},
        {"a method that is no token is malformed", with_line("GE(T / HTTP/1.1"), 400},
        {"a method with a NUL is malformed", with_line("GE\0T / HTTP/1.1"s), 400},
        {"no method is malformed", with_line("/ HTTP/1.1"), 400},
        {"two spaces after the method are malformed", with_line("GET  / HTTP/1.1"), 400},
        {"two spaces before the version are malformed", with_line("GET /  HTTP/1.1"), 400},
        {"a tab for a space is malformed", with_line("GET\t/ HTTP/1.1"), 400},
        {"a space behind the version is malformed", with_line("GET / HTTP/1.1 "), 400},
        {"a space inside the target is malformed", with_line("GET /a b HTTP/1.1"), 400},
        {"an empty line before the request line is malformed", "\r\n" + with_line("GET / HTTP/1.1"), 400},
        {"HTTP/0.9 is malformed", "GET /\r\n\r\n", 400},
        {"a request line alone is malformed", "GET\r\n\r\n", 400},
        {"the preface of HTTP/2 is another version", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {"HTTP/2.0 is another version", with_line("GET / HTTP/2.0"), 505},
        {"HTTP/3.0 is another version", with_line("GET / HTTP/3.0"), 505},
        {"HTTP/1.2 is another version", with_line("GET / HTTP/1.2"), 505},
        {"HTTP/0.9 in words is another version", with_line("GET / HTTP/0.9"), 505},
        {"HTTP/1.10 is malformed", with_line("GET / HTTP/1.10"), 400},
        {"a lower-case version is malformed", with_line("GET / http/1.1"), 400},
        {"a version with a comma is malformed", with_line("GET / HTTP/1,1"), 400},
        {"a version without digits is malformed", with_line("GET / HTTP/x.y"), 400},
        {"another protocol is malformed", with_line("GET / ICAP/1.0"), 400},
        {"HTTP/1.0 is served once", "GET /a HTTP/1.0\r\nHost: localhost\r\n\r\n", 200, afterwards::closed, "GET a?"},
        {"HTTP/1.0 without Host is malformed", "GET /a HTTP/1.0\r\n\r\n", 400},
        {"a bare LF after the request line is malformed", "GET / HTTP/1.1\nHost: localhost\r\n\r\n", 400},
        {"bare LFs all over are malformed", "GET / HTTP/1.1\nHost: localhost\n\n", 400},
        {"a bare CR in the request line is malformed", "GET /\r HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        {"a TLS greeting is malformed", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, 400},
        {"bytes that mean nothing are malformed", "\x00\xff\x00\xff\r\n\r\n"s, 400},
        {"a target of 8 KiB and one byte is too long", with_target("/" + std::string(8 * 1024, 'a')), 414},
        {"a request line without end is too long", "GET /" + std::string(20 * 1024, 'a'), 414},
    };
}

std::vector<raw_case> target_cases()
{
    auto const open = afterwards::open;
    return {
        {"segments arrive decoded", with_target("/a%20b/%C3%B1"), 200, open, "GET a b ñ?"},
        {"a query arrives raw", with_target("/a?x=%2F&y=1?2"), 200, open, "GET a?x=%2F&y=1?2 "},
        {"a query of slashes and dots is only a query", with_target("/a?x=/../b;c"), 200, open, "?x=/../b;c "},
        {"a target of 8 KiB is served", with_target("/" + std::string(8 * 1024 - 1, 'a')), 200, open},
        {"a trailing slash is an empty last segment", with_target("/a/"), 200, open, "GET a ?"},
        {"a percent sign encoded twice is decoded once", with_target("/%252f"), 200, open, "GET %2f?"},
        {"three dots are a name", with_target("/.../.a"), 200, open, "GET ... .a?"},
        {"an encoded slash is refused", with_target("/a%2fb"), 400},
        {"an encoded slash in upper case is refused", with_target("/a%2Fb"), 400},
        {"an encoded backslash is refused", with_target("/a%5cb"), 400},
        {"a backslash is refused", with_target("/a\\b"), 400},
        {"an encoded NUL is refused", with_target("/a%00"), 400},
        {"an encoded line feed is refused", with_target("/a%0ab"), 400},
        {"an encoded DEL is refused", with_target("/a%7f"), 400},
        {"an encoded C1 control is refused", with_target("/a%c2%85"), 400},
        {"an overlong slash is refused", with_target("/a%c0%af"), 400},
        {"a lone surrogate is refused", with_target("/a%ed%a0%80"), 400},
        {"a cut UTF-8 sequence is refused", with_target("/a%e2%82"), 400},
        {"a dot segment is refused", with_target("/a/./b"), 400},
        {"a parent segment is refused", with_target("/a/../b"), 400},
        {"a parent segment at the end is refused", with_target("/a/.."), 400},
        {"an encoded parent segment is refused", with_target("/a/%2e%2e/b"), 400},
        {"a half encoded parent segment is refused", with_target("/a/.%2E"), 400},
        {"an encoded dot segment is refused", with_target("/%2e/a"), 400},
        {"two slashes are refused", with_target("/a//b"), 400},
        {"two slashes at the start are refused", with_target("//a"), 400},
        {"two slashes at the end are refused", with_target("/a//"), 400},
        {"a path parameter is refused", with_target("/a;x=1"), 400},
        {"an encoded path parameter is refused", with_target("/a%3bx"), 400},
        {"a percent sign without digits is refused", with_target("/a%"), 400},
        {"a percent sign with one digit is refused", with_target("/a%4"), 400},
        {"a percent sign with other letters is refused", with_target("/a%4g"), 400},
        {"a fragment is refused", with_target("/a#b"), 400},
        {"a fragment in the query is refused", with_target("/a?b#c"), 400},
        {"a raw byte past ASCII is refused", with_target("/a\xff"), 400},
        {"raw UTF-8 is refused", with_target("/ñ"), 400},
        {"a raw byte past ASCII in the query is refused", with_target("/a?\xe9"), 400},
        {"a target without a slash is refused", with_target("a/b"), 400},
        {"a star is for OPTIONS only", with_target("*"), 400},
        {"the absolute form of this host is served", with_target("http://localhost/a?b"), 200, open, "GET a?b auth= host=localhost "},
        {"the absolute form counts, not Host", "GET http://api.example:8443/a HTTP/1.1\r\nHost: localhost\r\n\r\n", 200, open,
         "host=api.example:8443 "},
        {"the absolute form without a path is the root", with_target("http://localhost"), 200, open, "GET? auth="},
        {"the absolute form without a path may have a query", with_target("HTTP://localhost?q"), 200, open, "GET?q "},
        {"the absolute form of a foreign host is refused", with_target("http://evil.example/"), 400},
        {"the absolute form with user information is refused", with_target("http://localhost@evil.example/"), 400},
        {"the absolute form with our user and host is refused", with_target("http://me@localhost/"), 400},
        {"the absolute form of another scheme is refused", with_target("ftp://localhost/"), 400},
        {"the absolute form without a host is refused", with_target("http:///a"), 400},
        {"the absolute form does not excuse a foreign Host", "GET http://localhost/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", 400},
        {"the absolute form with a parent segment is refused", with_target("http://localhost/a/../b"), 400},
        {"the authority form is refused", with_target("localhost:80"), 400},
    };
}

}  // namespace mb::http::testing
