#include "core/domain/base/id.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <type_traits>

using namespace mb;
using namespace std::chrono_literals;

namespace {

using apple_id = id<struct apple_tag>;
using pear_id = id<struct pear_tag>;
static_assert(!std::is_convertible_v<apple_id, pear_id>);
static_assert(!std::is_constructible_v<apple_id, pear_id>);

std::array<std::uint8_t, 10> filled(std::uint8_t byte)
{
    std::array<std::uint8_t, 10> entropy;
    entropy.fill(byte);
    return entropy;
}

}  // namespace

TEST_CASE("a UUID version 7 carries its milliseconds, its version and its variant")
{
    // RFC 9562 appendix A.6
    auto const at = from_micros(1'645'557'742'000'000);
    std::array<std::uint8_t, 10> const entropy{0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f};
    CHECK(format_uuid(make_uuid_v7(at, entropy)) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    CHECK(format_uuid(make_uuid_v7(at, filled(0x00))) == "017f22e2-79b0-7000-8000-000000000000");
    CHECK(format_uuid(make_uuid_v7(at, filled(0xff))) == "017f22e2-79b0-7fff-bfff-ffffffffffff");
}

TEST_CASE("a UUID of a later millisecond is greater, whatever its random bytes")
{
    auto const at = from_micros(1'769'250'600'000'000);
    auto const earlier = apple_id{make_uuid_v7(at, filled(0xff))};
    auto const later = apple_id{make_uuid_v7(at + 1ms, filled(0x00))};
    CHECK(earlier < later);
    CHECK(earlier.text() < later.text());
    CHECK(make_uuid_v7(at, filled(1)) == make_uuid_v7(at + 999us, filled(1)));
}

TEST_CASE("a UUID is read in either case and written in lower case")
{
    auto const read = apple_id::parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F");
    REQUIRE(read);
    CHECK(read->text() == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    CHECK(apple_id::parse(read->text()) == read);
}

TEST_CASE("what is not 36 canonical characters is no UUID")
{
    auto const text =
        GENERATE(as<std::string>{}, "", "017f22e279b07cc398c4dc0c0c07398f", "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
                 "urn:uuid:017f22e2-79b0-7cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
                 "017f22e2-79b0-7cc3-98c4_dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "017f22e-279b0-7cc3-98c4-dc0c0c07398f",
                 " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f", "+17f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    CAPTURE(text);
    CHECK_FALSE(parse_uuid(text));
}

TEST_CASE("equal identities hash alike")
{
    auto const one = apple_id::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    auto const other = apple_id::parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398e");
    CHECK(std::hash<apple_id>{}(*one) == std::hash<apple_id>{}(apple_id{*one}));
    CHECK(std::hash<apple_id>{}(*one) != std::hash<apple_id>{}(*other));
}
