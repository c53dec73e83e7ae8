#include "core/domain/base/base32.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace mb;

TEST_CASE("base 32 gives the vectors of RFC 4648 section 10, without their padding")
{
    std::vector<std::pair<std::string, std::string>> const vectors{
        {"", ""}, {"f", "MY"}, {"fo", "MZXQ"}, {"foo", "MZXW6"}, {"foob", "MZXW6YQ"}, {"fooba", "MZXW6YTB"}, {"foobar", "MZXW6YTBOI"}};
    for (auto const& [bytes, text] : vectors) CHECK(base32(bytes) == text);
}

TEST_CASE("base 32 writes every value of a byte, and each five bits by their letter")
{
    CHECK(base32(std::string(5, '\xff')) == "77777777");
    CHECK(base32(std::string(5, '\0')) == "AAAAAAAA");
    CHECK(base32(std::string_view("\x00\x44\x32\x14\xc7\x42\x54\xb6\x35\xcf", 10)) == "ABCDEFGHIJKLMNOP");
    CHECK(base32("12345678901234567890") == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}
