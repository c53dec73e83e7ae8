#include "core/domain/base/address.hpp"
#include "core/domain/base/big_endian.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

using namespace mb;

namespace {

template <class Number>
std::string written(Number value)
{
    std::string bytes = "<";
    append_big_endian(bytes, value);
    return bytes;
}

}  // namespace

TEST_CASE("a number's most significant byte comes first")
{
    CHECK(written<std::uint8_t>(0xfe) == "<\xfe");
    CHECK(written<std::uint16_t>(0x0102) == "<\x01\x02");
    CHECK(written<std::uint32_t>(0xfffefdfc) == "<\xff\xfe\xfd\xfc");
    CHECK(written<std::uint64_t>(0x0102030405060708) == "<\x01\x02\x03\x04\x05\x06\x07\x08");
}

TEST_CASE("what is read is what was written, and only from as many bytes")
{
    for (auto const value : {std::uint64_t{0}, std::uint64_t{255}, std::uint64_t{256}, std::numeric_limits<std::uint64_t>::max()}) {
        auto const bytes = written(value).substr(1);
        CHECK(read_big_endian<std::uint64_t>(bytes) == value);
        CHECK(read_big_endian<std::uint64_t>(bytes + '\x01') == 0);
        CHECK(read_big_endian<std::uint64_t>(std::string_view(bytes).substr(1)) == 0);
    }
    CHECK(read_big_endian<std::uint16_t>("\xff\xff") == 0xffff);
}

TEST_CASE("an IPv4 address that is written as IPv6 is that address")
{
    std::string const zeros(10, '\0');
    std::string const mapped = zeros + "\xff\xff" + "abcd";
    CHECK(unmapped(mapped) == "abcd");
    CHECK(is_v4_mapped(mapped));
    for (auto const& other :
         {std::string("abcd"), zeros + "\xff\xff" + "abc", zeros + "\xff\xff" + "abcde", zeros + "\xff\xfe" + "abcd", std::string(16, '\xff')}) {
        CHECK(unmapped(other) == other);
        CHECK_FALSE(is_v4_mapped(other));
    }
}
