#include "core/domain/shape/rule.hpp"

#include <catch2/catch.hpp>

using namespace mb::shape;

TEST_CASE("addresses are canonical in lower case", "[shape]")
{
    CHECK(canonical_email("Ana.Gil+tag@Example.COM") == "ana.gil+tag@example.com");
    CHECK(canonical_email("o'hara!#$%&*/=?^_`{|}~@a-b.es").has_value());
    CHECK(canonical_email("a@b.c1").has_value());
}

TEST_CASE("what is no dot-atom at a domain of two labels is no address", "[shape]")
{
    for (auto const* text : {"",       "a",        "@",       "a@",      "@b.c",    "a@b",     "a@b.",    "a@.c",      "a@b..c",        ".a@b.c",
                             "a.@b.c", "a..b@b.c", "a@b@c.d", "a b@c.d", "a@-b.c",  "a@b-.c",  "a@b_c.d", "\"a\"@b.c", "a@[127.0.0.1]", "a@127.0.0.1",
                             "a@b.1",  "á@b.c",    "a@b.ñ",   "a@b.c ",  "a\n@b.c", "a(b)@c.d"}) {
        INFO(text);
        CHECK_FALSE(canonical_email(text).has_value());
    }
    CHECK_FALSE(canonical_email(std::string_view("a\0@b.c", 6)).has_value());
}

TEST_CASE("lengths of addresses: local part 64, label 63, all 254", "[shape]")
{
    auto const address = [](std::size_t local, std::size_t label) { return std::string(local, 'a') + "@" + std::string(label, 'b') + ".es"; };
    CHECK(canonical_email(address(64, 1)).has_value());
    CHECK_FALSE(canonical_email(address(65, 1)).has_value());
    CHECK(canonical_email(address(1, 63)).has_value());
    CHECK_FALSE(canonical_email(address(1, 64)).has_value());

    std::string const label(61, 'b');
    auto const domain = label + "." + label + "." + label + ".es";  // 188
    auto const of_size = [&](std::size_t size) { return "x@" + std::string(size - domain.size() - 3, 'c') + "." + domain; };
    auto const longest = of_size(domain.size() + 3 + 60);
    CHECK(canonical_email(longest).has_value());
    auto const at_limit = std::string(254 - domain.size() - 1 - 1 - 10, 'a') + "@" + std::string(10, 'c') + "." + domain;
    REQUIRE(at_limit.size() == 254);
    CHECK(canonical_email(at_limit).has_value());
    CHECK_FALSE(canonical_email("a" + at_limit).has_value());
}

TEST_CASE("web addresses", "[shape]")
{
    for (auto const* text : {"http://a", "https://example.com", "HTTPS://Example.com/a/b?c=d&e=%20#f", "http://localhost:8080/",
                             "https://[::1]:443/x", "https://example.com:1", "https://example.com:65535", "https://ñandú.es/ruta/ñ", "http://a?b@c",
                             "http://a_b.example", "http://[FE80::1]/", "http://[::ffff:127.0.0.1]:80/", "http://AZ.az09"}) {
        INFO(text);
        CHECK(is_web_url(text));
    }
    for (auto const* text : {"",
                             "http://",
                             "https:///x",
                             "ftp://a",
                             "javascript:alert(1)",
                             "//a",
                             "a.b",
                             "http:/a",
                             "http://user@a",
                             "http://u:p@a/",
                             "http://a b",
                             "http://a\tb",
                             "http://a\\b",
                             "http://a/<script>",
                             "http://a/\"",
                             "http://a:0",
                             "http://a:65536",
                             "http://a:",
                             "http://a:123456",
                             "http://a:-1",
                             "http://[",
                             "http://[::1]x",
                             "http://[::1x",
                             "http://[/]",
                             "http://[@::1]",
                             "http://[`::1]",
                             "http://a{b",
                             "http://a'b",
                             "http://a~b",
                             "http://a:8x",
                             "http://.a",
                             "http://[::1",
                             "http://[]",
                             "http://[g::1]",
                             "http://a/\xc2\x80",
                             "http://a/{x}"}) {
        INFO(text);
        CHECK_FALSE(is_web_url(text));
    }
    CHECK_FALSE(is_web_url(std::string_view("http://a/\0", 10)));
}

TEST_CASE("a web address has 2,048 bytes at most", "[shape]")
{
    std::string const longest = "http://a/" + std::string(2048 - 9, 'x');
    CHECK(is_web_url(longest));
    CHECK_FALSE(is_web_url(longest + "x"));
}
