#include "tests/adapters/http_edge/corpus.hpp"

namespace mb::http::testing {
namespace {

using namespace std::string_literals;

std::string post(std::string const& lines, std::string const& body, std::string const& path = "/a")
{
    return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + lines + "\r\n" + body;
}
std::string sized(std::string const& length, std::string const& body) { return post("Content-Length: " + length + "\r\n", body); }
std::string coded(std::string const& coding) { return post("Transfer-Encoding: " + coding + "\r\n", "3\r\nabc\r\n0\r\n\r\n"); }
std::string chunked(std::string const& body, std::string const& path = "/a") { return post("Transfer-Encoding: chunked\r\n", body, path); }

}  // namespace

std::vector<raw_case> body_cases()
{
    auto const open = afterwards::open;
    auto const reset_ok = afterwards::reset_ok;
    auto const end = "0\r\n\r\n"s;
    return {
        {"a sized body arrives", sized("3", "abc"), 200, open, "body=abc"},
        {"a body of no bytes is none", sized("0", ""), 200, open, "body="},
        {"a body on PUT arrives", "PUT /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx", 200, open, "body=x"},
        {"a body on DELETE arrives", "DELETE /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx", 200, open, "body=x"},
        {"two equal lengths are malformed", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400},
        {"two lengths are malformed", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"), 400},
        {"a list of equal lengths is malformed", sized("3, 3", "abc"), 400},
        {"a list of lengths is malformed", sized("3, 4", "abcd"), 400},
        {"a length with a leading zero is malformed", sized("010", "abcdefghij"), 400},
        {"two zeros are malformed", sized("00", ""), 400},
        {"a length with a plus is malformed", sized("+3", "abc"), 400},
        {"a length below zero is malformed", sized("-1", ""), 400},
        {"a length in hexadecimal is malformed", sized("0x3", "abc"), 400},
        {"a length with an underscore is malformed", sized("1_0", "abcdefghij"), 400},
        {"a length with a fraction is malformed", sized("3.0", "abc"), 400},
        {"a length with a space inside is malformed", sized("1 0", "abcdefghij"), 400},
        {"an empty length is malformed", sized("", ""), 400},
        {"a length past 64 bits is malformed", sized("18446744073709551616", ""), 400},
        {"a length of 64 bits is too large", sized("18446744073709551615", ""), 413},
        {"a length of 64 KiB and one byte is too large, unread", sized("65537", ""), 413},
        {"a body of 64 KiB arrives", sized("65536", std::string(65536, 'x')), 200, open},
        {"a route may allow less", post("Content-Length: 17\r\n", "", "/small"), 413},
        {"a route's limit is allowed", post("Content-Length: 16\r\n", "0123456789abcdef", "/small"), 200, open, "body=0123456789abcdef"},
        {"a route may allow more", post("Content-Length: 300000\r\n", std::string(300'000, 'x'), "/mib"), 200, open},
        {"a body on GET is malformed", "GET /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc", 400},
        {"a body on HEAD is malformed", "HEAD /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc", 400},
        {"a chunked body on GET is malformed", "GET /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"no bytes on GET are no body", "GET /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", 200, open},

        {"a length and chunked is malformed", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", end), 400},
        {"chunked and a length is malformed", post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", end), 400},
        {"an unknown coding and a length is not done", post("Transfer-Encoding: xchunked\r\nContent-Length: 3\r\n", "abc"), 501},
        {"chunked on HTTP/1.0 is malformed", "POST /a HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"a coding is compared without case", coded("Chunked"), 200, open, "body=abc"},
        {"identity is not done", coded("identity"), 501},
        {"an unknown coding is not done", coded("blegh"), 501},
        {"gzip is not done", coded("gzip"), 501},
        {"gzip before chunked is not done", coded("gzip, chunked"), 501},
        {"xchunked is not done", coded("xchunked"), 501},
        {"a quoted coding is malformed", coded("\"chunked\""), 400},
        {"a coding behind a strange space is malformed",
         coded("\xa0"
               "chunked"),
         400},
        {"a coding behind a vertical tab is malformed", coded("\vchunked"), 400},
        {"chunked before another coding is malformed", coded("chunked, identity"), 400},
        {"chunked twice is malformed", coded("chunked, chunked"), 400},
        {"an empty coding before chunked is malformed", coded(",chunked"), 400},
        {"an empty coding behind chunked is malformed", coded("chunked,"), 400},
        {"chunked with a parameter is malformed", coded("chunked;q=1"), 400},
        {"an empty Transfer-Encoding is malformed", coded(""), 400},
        {"two Transfer-Encodings are malformed", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", end), 400},
        {"two different Transfer-Encodings are malformed", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", end), 400},

        {"chunks arrive joined", chunked("3\r\nabc\r\n02\r\nde\r\n" + end), 200, open, "body=abcde"},
        {"a size may be in either case", chunked("A\r\n0123456789\r\na\r\n0123456789\r\n" + end), 200, open, "body=01234567890123456789"},
        {"no chunk is no byte", chunked(end), 200, open, "body="},
        {"a chunk extension is skipped", chunked("3;a=b;c=\"d e\"\r\nabc\r\n0;last\r\n\r\n"), 200, open, "body=abc"},
        {"a trailer is dropped", chunked("3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n"), 200, open, "fields=2 body=abc"},
        {"a trailer that would authorise is not seen", chunked("0\r\nAuthorization: Bearer stolen\r\n\r\n"), 200, open, "auth= host"},
        {"a trailer that would be Host is not seen", chunked("0\r\nHost: evil.example\r\n\r\n"), 200, open, "host=localhost "},
        {"a trailer that would frame is not seen", chunked("0\r\nContent-Length: 30\r\n\r\n"), 200, open, "fields=2 "},
        {"a size that is none is malformed", chunked("x\r\n"), 400},
        {"an empty size is malformed", chunked("\r\nabc\r\n" + end), 400},
        {"a size with a prefix is malformed", chunked("0x3\r\nabc\r\n" + end), 400},
        {"a size below zero is malformed", chunked("-3\r\nabc\r\n" + end), 400},
        {"a size with a plus is malformed", chunked("+3\r\nabc\r\n" + end), 400},
        {"a size behind a space is malformed", chunked(" 3\r\nabc\r\n" + end), 400},
        {"a size before a space is malformed", chunked("3 \r\nabc\r\n" + end), 400},
        {"a size past 64 bits is malformed", chunked("10000000000000003\r\nabc\r\n" + end), 400},
        {"a size with many zeros is malformed", chunked("0000000000003\r\nabc\r\n" + end), 400},
        {"a size that ends in a bare LF is malformed", chunked("3\nabc\r\n" + end), 400},
        {"a size that ends in a bare CR is malformed", chunked("3\rabc\r\n" + end), 400},
        {"an extension that ends in a bare LF is malformed", chunked("3;a\nabc\r\n" + end), 400},
        {"an extension with a NUL is malformed", chunked("3;\0\r\nabc\r\n"s + end), 400},
        {"a chunk longer than its size is malformed", chunked("3\r\nabcd\r\n" + end), 400},
        {"a chunk that ends in a bare LF is malformed", chunked("3\r\nabc\n" + end), 400},
        {"a chunk without its end is malformed", chunked("3\r\nabc0\r\n\r\n"), 400},
        {"a folded trailer is malformed", chunked("0\r\nX-A: a\r\n b\r\n\r\n"), 400},
        {"a trailer without a colon is malformed", chunked("0\r\nX-A\r\n\r\n"), 400},
        {"a trailer with a bare LF is malformed", chunked("0\r\nX-A: a\n\r\n"), 400},
        {"a last line with a bare CR is malformed", chunked("0\r\n\rX"), 400},
        {"chunks past the limit are too large", chunked("10001\r\n"), 413},
        {"chunks that grow past the limit are too large", chunked("10000\r\n" + std::string(65536, 'x') + "\r\n1\r\n"), 413},
        {"chunks up to the limit arrive", chunked("10000\r\n" + std::string(65536, 'x') + "\r\n" + end), 200, open},
        {"a route may allow fewer chunks", chunked("11\r\n", "/small"), 413},
        {"a trailer of 65,535 bytes is malformed", chunked("0\r\nX: " + std::string(65'535, 'a') + "\r\n\r\n"), 400, reset_ok},
        {"a trailer's name of 65,535 bytes is malformed", chunked("0\r\n" + std::string(65'535, 'a') + ": x\r\n\r\n"), 400, reset_ok},
        {"a chunk extension of 3 MB is malformed", chunked("3;" + std::string(3'000'000, 'a') + "\r\nabc\r\n" + end), 400, reset_ok},
        {"a body that admit refuses is not read, the connection ends", post("Content-Length: 5000\r\n", "", "/denied"), 401},
        {"a body that admit refuses and is here is skipped", post("Content-Length: 5\r\n", "hello", "/denied"), 401, open, "denied"},
        {"a chunked body that admit refuses ends the connection", chunked("3\r\nabc\r\n" + end, "/denied"), 401},
    };
}

}  // namespace mb::http::testing
