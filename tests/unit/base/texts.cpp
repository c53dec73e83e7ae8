#include "core/domain/base/text.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace mb;
using namespace std::string_literals;

TEST_CASE("text that is UTF-8 is taken")
{
    auto const [text, points] = GENERATE(table<std::string, std::size_t>({
        {"", 0},
        {"ascii", 5},
        {"\x7f", 1},
        {"\xc2\x80", 1},          // U+0080, first of two bytes
        {"\xdf\xbf", 1},          // U+07FF
        {"\xe0\xa0\x80", 1},      // U+0800
        {"\xed\x9f\xbf", 1},      // U+D7FF, last before the surrogates
        {"\xee\x80\x80", 1},      // U+E000
        {"\xef\xbf\xbf", 1},      // U+FFFF
        {"\xf0\x90\x80\x80", 1},  // U+10000
        {"\xf4\x8f\xbf\xbf", 1},  // U+10FFFF
        {"a\xc3\xb1o", 3},
    }));
    CAPTURE(text);
    CHECK(is_utf8(text));
    CHECK(count_code_points(text) == points);
}

TEST_CASE("text that is not UTF-8 is refused")
{
    auto const text = GENERATE(as<std::string>{}, "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x41", "\xe0\x9f\xbf", "\xe0\xa0",
                               "\xed\xa0\x80", "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf0\x90\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xfe",
                               "\xff", "ok\xc3", "\xe2\x28\xa1", "\xf8\x88\x80\x80\x80");
    CAPTURE(text);
    CHECK_FALSE(is_utf8(text));
}

TEST_CASE("control characters are found, and nothing else")
{
    CHECK(has_control("a\tb"));
    CHECK(has_control("a\nb"));
    CHECK(has_control("\0"s));
    CHECK(has_control("\x1f"));
    CHECK(has_control("\x7f"));
    CHECK(has_control("\xc2\x80"));
    CHECK(has_control("\xc2\x9f"));
    CHECK_FALSE(has_control("\xc2\xa0"));
    CHECK_FALSE(has_control(" ~"));
    CHECK_FALSE(has_control("\xc3\x80"));
    CHECK_FALSE(has_control("\xc2"));
    CHECK_FALSE(has_control(""));
}

TEST_CASE("base64 and base64url agree with the vectors of RFC 4648 section 10")
{
    auto const [plain, encoded] = GENERATE(table<std::string, std::string>({
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    }));
    CAPTURE(plain);
    CHECK(base64(plain) == encoded);
    CHECK(parse_base64(encoded) == plain);
    auto const bare = encoded.substr(0, encoded.find('='));
    CHECK(base64url(plain) == bare);
    CHECK(parse_base64url(bare) == plain);
}

TEST_CASE("the two alphabets differ in their last two characters")
{
    CHECK(base64("\xfb\xff\xfe") == "+//+");
    CHECK(base64url("\xfb\xff\xfe") == "-__-");
    CHECK(parse_base64url("-__-") == "\xfb\xff\xfe");
    CHECK_FALSE(parse_base64url("+//+"));
    CHECK_FALSE(parse_base64("-__-"));
}

TEST_CASE("each byte string has one base64url spelling")
{
    auto const text = GENERATE(as<std::string>{}, "Zg==", "Z", "Zm9vY", "Zh", "Zm9", "Zm 9v", "Zm9v\n", "Zm9v=", "Z\xc3\xb1", "Zm9v\0"s);
    CAPTURE(text);
    CHECK_FALSE(parse_base64url(text));
}

TEST_CASE("base64 wants exactly its padding")
{
    auto const text = GENERATE(as<std::string>{}, "Zg", "Zg=", "Zg===", "Zg==Zg==", "Zh==", "=", "====", "Zm9v====");
    CAPTURE(text);
    CHECK_FALSE(parse_base64(text));
}

TEST_CASE("bytes are written in lower-case hexadecimal") { CHECK(hex("\x00\x0f\xf0\xff"s) == "000ff0ff"); }

TEST_CASE("only ASCII letters change their case") { CHECK(ascii_lower("AbZ\xc3\x91[") == "abz\xc3\x91["); }

TEST_CASE("an identifier has 1 to 100 letters, digits and underscores, and begins with no digit")
{
    CHECK(identifier::parse("a"));
    CHECK(identifier::parse("_x9"));
    CHECK(identifier::parse("azAZ09"));
    CHECK(identifier::parse(std::string(100, 'a')));
    auto const wrong = GENERATE(as<std::string>{}, "", "9a", "a-b", "a b", "a.b", "a@b", "a[b", "a`b", "a{b", "a/b", "a:b", "@", "[", "`", "{",
                                "\xc3\xb1", std::string(101, 'a'), "a\0"s, "a\n");
    CAPTURE(wrong);
    CHECK_FALSE(identifier::parse(wrong));
}
