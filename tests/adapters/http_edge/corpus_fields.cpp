#include "tests/adapters/http_edge/corpus.hpp"

namespace mb::http::testing {
namespace {

using namespace std::string_literals;

std::string with_host(std::string const& host_lines) { return "GET /a HTTP/1.1\r\n" + host_lines + "\r\n"; }
std::string with(std::string const& lines) { return with_host("Host: localhost\r\n" + lines); }

std::string many_fields(int count)
{
    std::string lines;
    for (int i = 0; i < count; ++i) lines += "X-" + std::to_string(i) + ": 1\r\n";
    return lines;
}

/// A head of exactly so many bytes.
std::string head_of(std::size_t bytes)
{
    auto const around = with("X: \r\n").size();
    return with("X: " + std::string(bytes - around, 'a') + "\r\n");
}

}  // namespace

std::vector<raw_case> field_cases()
{
    auto const open = afterwards::open;
    return {
        {"Host with a port is ours", with_host("Host: localhost:8080\r\n"), 200, open, "host=localhost:8080 "},
        {"Host is compared without case", with_host("HOST: LocalHost\r\n"), 200, open},
        {"Host on its only port is ours", with_host("Host: api.example:8443\r\n"), 200, open},
        {"no Host is malformed", with_host("Accept: */*\r\n"), 400},
        {"an empty Host is malformed", with_host("Host:\r\n"), 400},
        {"two equal Hosts are malformed", with_host("Host: localhost\r\nHost: localhost\r\n"), 400},
        {"two Hosts are malformed", with_host("Host: localhost\r\nhost: evil.example\r\n"), 400},
        {"a list of Hosts is malformed", with_host("Host: localhost, evil.example\r\n"), 400},
        {"a foreign Host is refused", with_host("Host: evil.example\r\n"), 400},
        {"a foreign port is refused", with_host("Host: api.example:80\r\n"), 400},
        {"a missing port is refused where one is asked for", with_host("Host: api.example\r\n"), 400},
        {"our name as a prefix is refused", with_host("Host: localhost.evil.example\r\n"), 400},
        {"our name as a suffix is refused", with_host("Host: evil.localhost\r\n"), 400},
        {"our name with a dot behind is another", with_host("Host: localhost.\r\n"), 400},
        {"Host with user information is malformed", with_host("Host: me@localhost\r\n"), 400},
        {"Host with a path is malformed", with_host("Host: localhost/a\r\n"), 400},
        {"Host with a space is malformed", with_host("Host: local host\r\n"), 400},
        {"Host with an empty port is malformed", with_host("Host: localhost:\r\n"), 400},
        {"Host with a word for a port is malformed", with_host("Host: localhost:http\r\n"), 400},
        {"Host with a port past 65535 is malformed", with_host("Host: localhost:65536\r\n"), 400},
        {"Host with a percent sign is malformed", with_host("Host: local%68ost\r\n"), 400},
        {"an open bracket in Host is malformed", with_host("Host: [::1\r\n"), 400},
        {"a foreign address in brackets is refused", with_host("Host: [::1]:80\r\n"), 400},

        {"values keep their bytes", with("Authorization: Bearer a=,;b\r\n"), 200, open, "auth=Bearer a=,;b "},
        {"white space around a value is not part of it", with("Authorization: \t Bearer x \t \r\n"), 200, open, "auth=Bearer x host"},
        {"an empty value is a value", with("X-Empty:\r\n"), 200, open, "fields=2 "},
        {"a repeated list field is served", with("Accept: a\r\nAccept: b\r\n"), 200, open, "fields=3 "},
        {"two Authorizations are malformed", with("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), 400},
        {"two equal Authorizations are malformed", with("Authorization: Bearer a\r\nauthorization: Bearer a\r\n"), 400},
        {"two DPoP proofs are malformed", with("DPoP: a\r\nDPoP: b\r\n"), 400},
        {"two Content-Types are malformed", with("Content-Type: application/json\r\nContent-Type: text/plain\r\n"), 400},
        {"two Origins are malformed", with("Origin: http://localhost\r\nOrigin: null\r\n"), 400},
        {"two step-up tokens are malformed", with("X-Step-Up-Token: a\r\nX-Step-Up-Token: b\r\n"), 400},
        {"two idempotency keys are malformed", with("Idempotency-Key: a\r\nIdempotency-Key: b\r\n"), 400},
        {"a __Host- cookie twice in a field is malformed", with("Cookie: __Host-session=a; x=1; __Host-session=b\r\n"), 400},
        {"a __Host- cookie in two fields is malformed", with("Cookie: __Host-session=a\r\nCookie: __Host-session=a\r\n"), 400},
        {"two __Host- cookies of different names are served", with("Cookie: __Host-session=a; __Host-refresh=b\r\n"), 200, open},
        {"other cookies may repeat", with("Cookie: a=1; a=2\r\n"), 200, open},

        {"a folded value is malformed", with("X-A: one\r\n two\r\n"), 400},
        {"a value folded with a tab is malformed", with("X-A: one\r\n\ttwo\r\n"), 400},
        {"a folded Transfer-Encoding is malformed", with("Transfer-Encoding:\r\n chunked\r\n"), 400},
        {"a first line of white space is malformed", "GET /a HTTP/1.1\r\n Host: localhost\r\n\r\n", 400},
        {"a space before the colon is malformed", with("X-A : 1\r\n"), 400},
        {"a tab before the colon is malformed", with("X-A\t: 1\r\n"), 400},
        {"a line without a colon is malformed", with("X-A\r\n"), 400},
        {"an empty name is malformed", with(": 1\r\n"), 400},
        {"a name with a bracket is malformed", with("X(A): 1\r\n"), 400},
        {"a name past ASCII is malformed", with("X-\xc3\xb1: 1\r\n"), 400},
        {"a NUL in a value is malformed", with("X-A: a\0b\r\n"s), 400},
        {"a CR in a value is malformed", with("X-A: a\rb\r\n"), 400},
        {"an LF in a value is malformed", with("X-A: a\nX-B: b\r\n"), 400},
        {"a BEL in a value is malformed", with("X-A: a\ab\r\n"), 400},
        {"a DEL in a value is malformed", with("X-A: a\x7f\r\n"), 400},
        {"a bare LF ends no head", "GET /a HTTP/1.1\r\nHost: localhost\n\n", 400},

        {"64 fields are served", with(many_fields(63)), 200, open, "fields=64 "},
        {"65 fields are too many", with(many_fields(64)), 431},
        {"a head of 16 KiB is served", head_of(16 * 1024), 200, open},
        {"a head of 16 KiB and one byte is too large", head_of(16 * 1024 + 1), 431},
        {"a head without end is too large", "GET /a HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(40 * 1024, 'a'), 431},

        {"Content-Encoding is not undone", with("Content-Encoding: gzip\r\n"), 415},
        {"not even when it says identity", with("Content-Encoding: identity\r\n"), 415},
        {"an expectation that is not ours fails", with("Expect: 200-ok\r\n"), 417},
        {"an empty expectation fails", with("Expect:\r\n"), 417},
        {"a list of expectations fails", with("Expect: 100-continue, x\r\n"), 417},
        {"two expectations are malformed", with("Expect: 100-continue\r\nExpect: 100-continue\r\n"), 400},
        {"an expectation without a body is nothing", with("Expect: 100-Continue\r\n"), 200, open},
        {"an upgrade to h2c is ignored", with("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"), 200,
         open},
        {"an upgrade to WebSocket is ignored", with("Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"), 200, open},
        {"Connection: close is honoured, the rest is not parsed", with("Connection: close\r\n"), 200, afterwards::closed, "GET a?"},
        {"close in a list is honoured", with("Connection: x, Close\r\n"), 200, afterwards::closed, "GET a?"},
        {"a malformed Connection is malformed", with("Connection: \"close\r\n"), 400},
        {"keep-alive of HTTP/1.0 is honoured", "GET /a HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n", 200, open, "GET a?"},
    };
}

}  // namespace mb::http::testing
