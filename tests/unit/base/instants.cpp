#include "core/domain/base/instant.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>

using namespace mb;

TEST_CASE("a date-time of RFC 3339 is read to the microsecond, in UTC")
{
    auto const [text, micros] = GENERATE(table<std::string, std::int64_t>({
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01T00:00:00z", 0},
        {"1970-01-01t00:00:00Z", 0},
        {"1970-01-01T00:00:00.000001Z", 1},
        {"1970-01-01T00:00:00.5Z", 500'000},
        {"1970-01-01T00:00:00.123456789Z", 123'456},  // digits past the microsecond are cut
        {"1969-12-31T23:59:59.999999Z", -1},
        {"1970-01-01T01:00:00+01:00", 0},
        {"1969-12-31T16:00:00-08:00", 0},
        {"1970-01-01T05:45:00+05:45", 0},
        {"1970-01-01T00:00:00-00:00", 0},
        {"2026-01-24T10:30:00.000Z", 1'769'250'600'000'000},
        {"2000-02-29T00:00:00Z", 951'782'400'000'000},
        {"2024-02-29T23:59:59+23:59", 1'709'164'859'000'000},
        {"0001-01-01T00:00:00Z", -62'135'596'800'000'000},
        {"9999-12-31T23:59:59.999999Z", 253'402'300'799'999'999},
    }));
    CAPTURE(text);
    auto const read = parse_rfc3339(text);
    REQUIRE(read);
    CHECK(to_micros(*read) == micros);
}

TEST_CASE("what is no date-time of RFC 3339, or is out of our years, is refused")
{
    auto const text =
        GENERATE(as<std::string>{}, "", "2026-01-24", "2026-01-24T10:30:00", "2026-01-24 10:30:00Z", "2026-01-24T10:30Z", "2026-1-24T10:30:00Z",
                 "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
                 "2026-01-24T24:00:00Z", "2026-01-24T10:60:00Z", "2016-12-31T23:59:60Z", "2026-01-24T10:30:00.Z", "2026-01-24T10:30:00.1234567890Z",
                 "2026-01-24T10:30:00.5", "2026-01-24T10:30:00+24:00", "2026-01-24T10:30:00+01:60", "2026-01-24T10:30:00+0100",
                 "2026-01-24T10:30:00+01", "2026-01-24T10:30:00Z ", " 2026-01-24T10:30:00Z", "2026-01-24T10:30:00ZZ", "0000-01-01T00:00:00Z",
                 "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "2026-01-24T10:30:00,5Z", "+026-01-24T10:30:00Z", "2026-01-24Tx0:30:00Z",
                 "2026-01-24T10:x0:00Z", "2026-01-24T10:30:x0Z", "2026-01-24T10:3/:00Z", "2026-01-24T10:3::00Z", "2026-01-24T10:30:00+x1:00",
                 "2026-01-24T10:30:00+01:x0", "2026-01-24T10:30:00+01-00", "2026-01-24T10:30:0\xd9\xa0Z");
    CAPTURE(text);
    CHECK_FALSE(parse_rfc3339(text));
}

TEST_CASE("an instant is written with milliseconds, cut and not rounded")
{
    CHECK(format_rfc3339(from_micros(0)) == "1970-01-01T00:00:00.000Z");
    CHECK(format_rfc3339(from_micros(999)) == "1970-01-01T00:00:00.000Z");
    CHECK(format_rfc3339(from_micros(-1)) == "1969-12-31T23:59:59.999Z");
    CHECK(format_rfc3339(from_micros(1'769'250'600'123'999)) == "2026-01-24T10:30:00.123Z");
    CHECK(format_rfc3339(from_micros(253'402'300'799'999'999)) == "9999-12-31T23:59:59.999Z");
    CHECK(format_rfc3339(from_micros(-62'135'596'800'000'000)) == "0001-01-01T00:00:00.000Z");
}

TEST_CASE("a date is a real day of the calendar")
{
    using namespace std::chrono;
    CHECK(parse_date("2024-02-29") == 2024y / 2 / 29);
    CHECK(parse_date("0001-01-01") == 1y / 1 / 1);
    CHECK(parse_date("9999-12-31") == 9999y / 12 / 31);
    auto const wrong = GENERATE(as<std::string>{}, "2023-02-29", "0000-01-01", "2024-2-29", "2024-02-30", "20240229", "2024-02-29T", "2024/02/29",
                                "2x24-02-29", "2024-x2-29", "2024-02-2x", "2024-02-2/", "2024-02-2:", "");
    CAPTURE(wrong);
    CHECK_FALSE(parse_date(wrong));
}

TEST_CASE("seconds are floored, before the epoch too")
{
    CHECK(to_seconds(from_micros(1'999'999)) == 1);
    CHECK(to_seconds(from_micros(-1)) == -1);
}
