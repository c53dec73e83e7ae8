#include "adapters/json/writer.hpp"

#include "adapters/json/reader.hpp"
#include "adapters/json/texts.hpp"
#include "core/domain/base/text.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

using namespace std::string_literals;
using namespace mb;

namespace {

std::string text_of(std::string_view content)
{
    std::string out;
    json::writer(out).text(content);
    return out;
}

std::string number_of(double content)
{
    std::string out;
    json::writer(out).number(content);
    return out;
}

void append_utf8(std::string& out, char32_t c)
{
    auto const add = [&](unsigned byte) { out += static_cast<char>(byte); };
    if (c < 0x80) return add(c);
    if (c < 0x800) return add(0xc0 | c >> 6), add(0x80 | (c & 63));
    if (c < 0x10000) return add(0xe0 | c >> 12), add(0x80 | (c >> 6 & 63)), add(0x80 | (c & 63));
    add(0xf0 | c >> 18), add(0x80 | (c >> 12 & 63)), add(0x80 | (c >> 6 & 63)), add(0x80 | (c & 63));
}

}  // namespace

TEST_CASE("the JSON writer puts commas where they belong")
{
    std::string out = "x=";
    json::writer(out)
        .begin_object()
        .member("a", 1)
        .key("b")
        .begin_list()
        .integer(-2)
        .begin_list()
        .end_list()
        .begin_object()
        .end_object()
        .null()
        .end_list()
        .member("c", "text")
        .member("d", true)
        .key("e")
        .raw("[1]")
        .member("f", std::string("g"))
        .end_object();
    CHECK(out == R"(x={"a":1,"b":[-2,[],{},null],"c":"text","d":true,"e":[1],"f":"g"})");
}

TEST_CASE("the JSON writer escapes what could break a reader, a log line or a script, at every position of a word")
{
    std::vector<std::pair<std::string, std::string>> const cases{
        {"\"", "\\\""},
        {"\\", "\\\\"},
        {"\n", "\\n"},
        {"\r", "\\r"},
        {"\t", "\\t"},
        {"\b", "\\b"},
        {"\f", "\\f"},
        {"\0"s, "\\u0000"},
        {"\x1f", "\\u001f"},
        {"\x7f", "\\u007f"},
        {"\xc2\x80", "\\u0080"},
        {"\xc2\x9f", "\\u009f"},
        {"\xe2\x80\xa8", "\\u2028"},
        {"\xe2\x80\xa9", "\\u2029"},
        // left as they are
        {"\xc2\xa0", "\xc2\xa0"},
        {"\xe2\x80\xa7", "\xe2\x80\xa7"},
        {"/", "/"},
        {"<>&'", "<>&'"},
        {"é😀", "é😀"},
        // no UTF-8: one replacement character for each byte
        {"\xff", "\xef\xbf\xbd"},
        {"\x80", "\xef\xbf\xbd"},
        {"\xc3", "\xef\xbf\xbd"},
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    };
    for (auto const& [content, escaped] : cases)
        for (std::size_t before = 0; before < 17; ++before)
            for (std::size_t const after : {0, 1, 9}) {
                auto const left = std::string(before, 'a');
                auto const right = std::string(after, 'b');
                CHECK(text_of(left + content + right) == "\"" + left + escaped + right + "\"");
            }
}

TEST_CASE("any text that the JSON writer wrote reads back unchanged")
{
    std::mt19937 random(20260101);
    auto const below = [&](std::uint32_t bound) { return static_cast<char32_t>(random() % bound); };
    for (int round = 0; round < 5000; ++round) {
        std::string content;
        auto const length = below(40);
        for (char32_t i = 0; i < length; ++i) {
            char32_t c = 0;
            switch (below(5)) {
                case 0: c = 1 + below(0x1f); break;
                case 1: c = 0x20 + below(0x60); break;
                case 2: c = 0x80 + below(0x780); break;
                case 3: c = 0x2020 + below(0x20); break;
                default: c = below(0x110000);
            }
            if (c == 0 || (c >= 0xd800 && c < 0xe000)) c = 'x';
            append_utf8(content, c);
        }
        auto const read = json::read(text_of(content));
        REQUIRE(std::holds_alternative<shape::value>(read));
        REQUIRE(std::get<shape::value>(read) == shape::value{content});
    }
}

TEST_CASE("any bytes at all are written as JSON")
{
    std::mt19937 random(7);
    for (int round = 0; round < 5000; ++round) {
        std::string content;
        for (auto left = random() % 30; left > 0; --left) content += static_cast<char>(1 + random() % 255);
        auto const written = text_of(content);
        REQUIRE(is_utf8(written));
        REQUIRE(std::holds_alternative<shape::value>(json::read(written)));
    }
}

TEST_CASE("the JSON writer writes doubles so that they read back the same, and nothing that is not finite")
{
    CHECK(number_of(0.1) == "0.1");
    CHECK(number_of(1e300) == "1e+300");
    CHECK(number_of(std::numeric_limits<double>::infinity()) == "null");
    CHECK(number_of(std::numeric_limits<double>::quiet_NaN()) == "null");
    std::mt19937_64 random(11);
    for (int round = 0; round < 5000; ++round) {
        auto const bits = random();
        double drawn = 0;
        std::memcpy(&drawn, &bits, sizeof drawn);
        if (!std::isfinite(drawn)) continue;
        auto const read = json::read(number_of(drawn));
        auto const& back = std::get<shape::value>(read);
        auto const* number = back.as<shape::number>();
        REQUIRE((number != nullptr ? number->approximate : static_cast<double>(*back.as<std::int64_t>())) == drawn);
    }
    std::string out;
    json::writer(out).begin_list().integer(std::numeric_limits<std::int64_t>::min()).integer(std::numeric_limits<std::int64_t>::max()).end_list();
    CHECK(out == "[-9223372036854775808,9223372036854775807]");
}

TEST_CASE("a value without a spelling of its number is written from the number")
{
    CHECK(json::write(shape::list{shape::number{2.5, ""}, shape::number{2.5, "2.500"}, nullptr, false}) == "[2.5,2.500,null,false]");
}

TEST_CASE("lists and objects of strings survive a column")
{
    std::vector<std::string> const roles{"admin", "", "a\"b", "ñ"};
    CHECK(json::read_texts(json::write_texts(roles)) == roles);
    CHECK(json::write_texts({}) == "[]");
    CHECK(json::read_texts("[]") == std::vector<std::string>{});
    for (auto const* wrong : {"", "{}", "null", "\"a\"", "[1]", "[\"a\",null]", "[\"a\"", "[[\"a\"]]"}) CHECK_FALSE(json::read_texts(wrong));

    json::text_pairs const details{{"z", "1"}, {"a", "\n"}, {"", ""}};
    CHECK(json::write_text_pairs(details) == R"({"z":"1","a":"\n","":""})");
    CHECK(json::read_text_pairs(json::write_text_pairs(details)) == details);
    CHECK(json::read_text_pairs("{}") == json::text_pairs{});
    for (auto const* wrong : {"", "[]", "null", "{\"a\":1}", "{\"a\":\"b\",\"a\":\"c\"}", "{\"a\":{}}"}) CHECK_FALSE(json::read_text_pairs(wrong));
}
