#include "adapters/json/reader.hpp"

#include "adapters/json/writer.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <vector>

using namespace std::string_literals;
using namespace mb;
using json::fault_kind;
using shape::value;

namespace {

std::optional<fault_kind> refusal(std::string_view text, json::limits const& bounds = {})
{
    auto const read = json::read(text, bounds);
    auto const* fault = std::get_if<json::fault>(&read);
    return fault == nullptr ? std::nullopt : std::optional(fault->kind);
}

value accepted(std::string_view text)
{
    auto read = json::read(text);
    REQUIRE(std::holds_alternative<value>(read));
    return std::get<value>(std::move(read));
}

std::string nested(std::size_t depth, char open, char close) { return std::string(depth, open) + std::string(depth, close); }

std::string repeated(std::size_t times, std::string const& text, std::string const& separator = ",")
{
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += (i == 0 ? "" : separator) + text;
    return all;
}

std::string object_of(std::size_t members)
{
    std::string text = "{";
    for (std::size_t i = 0; i < members; ++i) text += (i == 0 ? "\"m" : ",\"m") + std::to_string(i) + "\":1";
    return text + "}";
}

struct accepted_case {
    std::string text;
    std::string written;  ///< how the writer says it
};

struct refused_case {
    std::string text;
    fault_kind why;
};

}  // namespace

TEST_CASE("the JSON reader accepts what RFC 8259 and our limits allow")
{
    std::vector<accepted_case> const cases{
        // structure
        {"null", "null"},
        {"true", "true"},
        {"false", "false"},
        {"[]", "[]"},
        {"{}", "{}"},
        {"[ ]", "[]"},
        {" \t\r\n[\n1 ,\t2 ]\r\n", "[1,2]"},
        {"[[]]", "[[]]"},
        {"[null,1,true,\"a\",{},[]]", "[null,1,true,\"a\",{},[]]"},
        {"{\"a\":1}", "{\"a\":1}"},
        {" { \"a\" : { \"b\" : [ ] } } ", "{\"a\":{\"b\":[]}}"},
        {"{\"a\":1,\"A\":2}", "{\"a\":1,\"A\":2}"},
        {"{\"a\":{\"a\":1},\"b\":{\"a\":1}}", "{\"a\":{\"a\":1},\"b\":{\"a\":1}}"},
        {"{\"\":0}", "{\"\":0}"},
        {"{\"z\":1,\"a\":2}", "{\"z\":1,\"a\":2}"},
        {"[{},{}]", "[{},{}]"},
        // numbers
        {"0", "0"},
        {"-0", "0"},
        {"-1", "-1"},
        {"123", "123"},
        {"9223372036854775807", "9223372036854775807"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"9223372036854775808", "9223372036854775808"},
        {"-9223372036854775809", "-9223372036854775809"},
        {"18446744073709551615", "18446744073709551615"},
        {"18446744073709551616", "18446744073709551616"},
        {"123456789012345678901234567890", "123456789012345678901234567890"},
        {"0.0", "0.0"},
        {"-0.0", "-0.0"},
        {"1.50", "1.50"},
        {"0.1", "0.1"},
        {"1e2", "1e2"},
        {"1E2", "1E2"},
        {"1E+2", "1E+2"},
        {"1e-2", "1e-2"},
        {"1e00", "1e00"},
        {"-1.5e-10", "-1.5e-10"},
        {"0e1", "0e1"},
        {"0e999", "0e999"},
        {"1e-999", "1e-999"},
        {"5e-324", "5e-324"},
        {"1.7976931348623157e308", "1.7976931348623157e308"},
        {"0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"},
        // text
        {"\"\"", "\"\""},
        {"\"a\"", "\"a\""},
        {R"("\"\\\/\b\f\n\r\t")", R"("\"\\/\b\f\n\r\t")"},
        {R"("\u0061")", "\"a\""},
        {R"("\u00e9")", "\"é\""},
        {R"("\u00E9")", "\"é\""},
        {R"("\u20ac")", "\"€\""},
        {R"("\ud83d\ude00")", "\"😀\""},
        {R"("\uD834\uDD1E")", "\"\U0001d11e\""},
        {R"("\ud800\udc00")", "\"\U00010000\""},
        {R"("\udbff\udfff")", "\"\U0010ffff\""},
        {R"("\uffff")", "\"\xef\xbf\xbf\""},
        {R"("\ufdd0")", "\"\xef\xb7\x90\""},
        {R"("\ufeff")", "\"\xef\xbb\xbf\""},
        {R"("\u0001")", R"("\u0001")"},
        {R"("\u001f")", R"("\u001f")"},
        {R"("\u007f")", R"("\u007f")"},
        {"\"\x7f\"", R"("\u007f")"},
        {"\"\xc2\x80\"", R"("\u0080")"},
        {"\"\xe2\x80\xa8\xe2\x80\xa9\"", R"("\u2028\u2029")"},
        {R"("\u2028")", R"("\u2028")"},
        {"\"é\"", "\"é\""},
        {"\"😀\"", "\"😀\""},
        {"\"\xed\x9f\xbf\"", "\"\xed\x9f\xbf\""},
        {"\"\xee\x80\x80\"", "\"\xee\x80\x80\""},
        {"\"\xf4\x8f\xbf\xbf\"", "\"\xf4\x8f\xbf\xbf\""},
        {"\"/*x*/\"", "\"/*x*/\""},
        {"\"<script>&\"", "\"<script>&\""},
        {R"({"\u0061b":1})", R"({"ab":1})"},
        {"\"" + std::string(1000, 'x') + "\"", "\"" + std::string(1000, 'x') + "\""},
    };
    for (auto const& each : cases) {
        INFO(each.text);
        auto const read = json::read(each.text);
        REQUIRE(std::holds_alternative<value>(read));
        CHECK(json::write(std::get<value>(read)) == each.written);
    }
}

TEST_CASE("the JSON reader refuses everything else, and says why")
{
    std::vector<refused_case> const cases{
        // no JSON at all
        {"", fault_kind::syntax},
        {" ", fault_kind::syntax},
        {"\n", fault_kind::syntax},
        {"nul", fault_kind::syntax},
        {"nulL", fault_kind::syntax},
        {"True", fault_kind::syntax},
        {"TRUE", fault_kind::syntax},
        {"nan", fault_kind::syntax},
        {"NaN", fault_kind::syntax},
        {"Infinity", fault_kind::syntax},
        {"-Infinity", fault_kind::syntax},
        {"undefined", fault_kind::syntax},
        {"'a'", fault_kind::syntax},
        {"a", fault_kind::syntax},
        {"\xef\xbb\xbf{}", fault_kind::syntax},
        {"\xff\xfe{\0}\0"s, fault_kind::encoding},
        {"\0"s, fault_kind::syntax},
        {"[1]\0"s, fault_kind::syntax},
        {"\x0b[]", fault_kind::syntax},
        {"\xc2\xa0[]", fault_kind::syntax},
        {"\xe2\x80\xa8[]", fault_kind::syntax},
        // more than one value, comments
        {"1 2", fault_kind::syntax},
        {"{}{}", fault_kind::syntax},
        {"[]]", fault_kind::syntax},
        {"{}}", fault_kind::syntax},
        {"null,", fault_kind::syntax},
        {"/**/1", fault_kind::syntax},
        {"1//", fault_kind::syntax},
        {"[1/*x*/]", fault_kind::syntax},
        {"#\n1", fault_kind::syntax},
        // lists
        {"[", fault_kind::syntax},
        {"]", fault_kind::syntax},
        {"[1", fault_kind::syntax},
        {"[1,", fault_kind::syntax},
        {"[1,]", fault_kind::syntax},
        {"[,1]", fault_kind::syntax},
        {"[,]", fault_kind::syntax},
        {"[1,,2]", fault_kind::syntax},
        {"[1 2]", fault_kind::syntax},
        {"[1}", fault_kind::syntax},
        {"[\"a\":1]", fault_kind::syntax},
        // objects
        {"{", fault_kind::syntax},
        {"}", fault_kind::syntax},
        {"{\"a\"", fault_kind::syntax},
        {"{\"a\":", fault_kind::syntax},
        {"{\"a\":1", fault_kind::syntax},
        {"{\"a\":1,", fault_kind::syntax},
        {"{\"a\":1,}", fault_kind::syntax},
        {"{,}", fault_kind::syntax},
        {"{\"a\"}", fault_kind::syntax},
        {"{\"a\" 1}", fault_kind::syntax},
        {"{\"a\"=1}", fault_kind::syntax},
        {"{\"a\"::1}", fault_kind::syntax},
        {"{a:1}", fault_kind::syntax},
        {"{1:1}", fault_kind::syntax},
        {"{null:1}", fault_kind::syntax},
        {"{'a':1}", fault_kind::syntax},
        {"{\"a\":1]", fault_kind::syntax},
        {"{\"a\":1 \"b\":2}", fault_kind::syntax},
        {"{\"a\":1,\"b\"}", fault_kind::syntax},
        {R"({"a":1,"a":2})", fault_kind::duplicate_name},
        {R"({"a":1,"a":1})", fault_kind::duplicate_name},
        {R"({"a":1,"\u0061":2})", fault_kind::duplicate_name},
        {R"({"\u0061":1,"\u0061":2})", fault_kind::duplicate_name},
        {R"({"é":1,"\u00e9":2})", fault_kind::duplicate_name},
        {R"({"😀":1,"\ud83d\ude00":2})", fault_kind::duplicate_name},
        {R"({"/":1,"\/":2})", fault_kind::duplicate_name},
        {R"({"":1,"":2})", fault_kind::duplicate_name},
        {R"([{"x":{"a":1,"b":2,"a":3}}])", fault_kind::duplicate_name},
        {"{" + repeated(20, "\"a\":1") + "}", fault_kind::duplicate_name},
        {object_of(500).substr(0, object_of(500).size() - 1) + ",\"m250\":1}", fault_kind::duplicate_name},
        // numbers
        {"-", fault_kind::syntax},
        {"+1", fault_kind::syntax},
        {"--1", fault_kind::syntax},
        {"01", fault_kind::syntax},
        {"-01", fault_kind::syntax},
        {"00", fault_kind::syntax},
        {".5", fault_kind::syntax},
        {"-.5", fault_kind::syntax},
        {"1.", fault_kind::syntax},
        {"1.e1", fault_kind::syntax},
        {"1e", fault_kind::syntax},
        {"1e+", fault_kind::syntax},
        {"1e1.5", fault_kind::syntax},
        {"0x10", fault_kind::syntax},
        {"1_000", fault_kind::syntax},
        {"1,000", fault_kind::syntax},
        {"1 000", fault_kind::syntax},
        {"1f", fault_kind::syntax},
        {"- 1", fault_kind::syntax},
        {"[1.]", fault_kind::syntax},
        {"1e999", fault_kind::number_range},
        {"-1e999", fault_kind::number_range},
        {"1e309", fault_kind::number_range},
        {"1.7976931348623159e308", fault_kind::number_range},
        {"[1,1e400]", fault_kind::number_range},
        {"1e99999999999999999999", fault_kind::number_range},
        {"1" + std::string(128, '0'), fault_kind::too_large},
        {"0." + std::string(127, '0'), fault_kind::too_large},
        // text
        {"\"", fault_kind::syntax},
        {"\"a", fault_kind::syntax},
        {"a\"", fault_kind::syntax},
        {"\"\\\"", fault_kind::syntax},
        {R"("\a")", fault_kind::syntax},
        {R"("\'")", fault_kind::syntax},
        {R"("\x41")", fault_kind::syntax},
        {R"("\0")", fault_kind::syntax},
        {R"("\U0041")", fault_kind::syntax},
        {R"("\u")", fault_kind::syntax},
        {R"("\u004")", fault_kind::syntax},
        {R"("\u00g0")", fault_kind::syntax},
        {"\"\\\n\"", fault_kind::syntax},
        {"\"\n\"", fault_kind::syntax},
        {"\"\t\"", fault_kind::syntax},
        {"\"\x01\"", fault_kind::syntax},
        {"\"\x1f\"", fault_kind::syntax},
        {"\"\0\""s, fault_kind::syntax},
        {R"("\u0000")", fault_kind::nul_character},
        {R"("a\u0000b")", fault_kind::nul_character},
        {R"({"\u0000":1})", fault_kind::nul_character},
        {R"({"a":["\u0000"]})", fault_kind::nul_character},
        // surrogates
        {R"("\ud800")", fault_kind::syntax},
        {R"("\ud800x")", fault_kind::syntax},
        {R"("\ud800\n")", fault_kind::syntax},
        {R"("\udc00")", fault_kind::encoding},
        {R"("\ud800\u0041")", fault_kind::encoding},
        {R"("\ud800\ud800")", fault_kind::encoding},
        {R"("\udc00\ud800")", fault_kind::encoding},
        {R"({"\udfff":1})", fault_kind::encoding},
        // no UTF-8
        {"\"\xff\"", fault_kind::encoding},
        {"\"\x80\"", fault_kind::encoding},
        {"\"\xc0\x80\"", fault_kind::encoding},
        {"\"\xc1\xbf\"", fault_kind::encoding},
        {"\"\xc3\"", fault_kind::encoding},
        {"\"\xc3(\"", fault_kind::encoding},
        {"\"\xe0\x80\xaf\"", fault_kind::encoding},
        {"\"\xe2\x82\"", fault_kind::encoding},
        {"\"\xed\xa0\x80\"", fault_kind::encoding},
        {"\"\xed\xbf\xbf\"", fault_kind::encoding},
        {"\"\xed\xa0\xbd\xed\xb8\x80\"", fault_kind::encoding},
        {"\"\xf0\x80\x80\x80\"", fault_kind::encoding},
        {"\"\xf0\x9f\x98\"", fault_kind::encoding},
        {"\"\xf4\x90\x80\x80\"", fault_kind::encoding},
        {"\"\xf5\x80\x80\x80\"", fault_kind::encoding},
        {"\"\xf8\x88\x80\x80\x80\"", fault_kind::encoding},
        {"{\"\xff\":1}", fault_kind::encoding},
    };
    for (auto const& each : cases) {
        INFO(each.text);
        auto const why = refusal(each.text);
        REQUIRE(why.has_value());
        CHECK(json::name_of(*why) == json::name_of(each.why));
    }
}

TEST_CASE("each limit of the JSON reader holds at n and breaks at n+1")
{
    json::limits small;
    SECTION("depth of lists")
    {
        CHECK_FALSE(refusal(nested(32, '[', ']')));
        CHECK(refusal(nested(33, '[', ']')) == fault_kind::too_deep);
    }
    SECTION("depth of objects")
    {
        auto const deep = [](std::size_t depth) { return repeated(depth, "{\"a\":", "") + "1" + std::string(depth, '}'); };
        CHECK_FALSE(refusal(deep(32)));
        CHECK(refusal(deep(33)) == fault_kind::too_deep);
    }
    SECTION("a hundred thousand open brackets end at the limit, not on the stack")
    {
        CHECK(refusal(std::string(100'000, '[')) == fault_kind::too_deep);
    }
    SECTION("members of one object")
    {
        CHECK_FALSE(refusal(object_of(1000)));
        CHECK(refusal(object_of(1001)) == fault_kind::too_large);
    }
    SECTION("bytes in all")
    {
        small.bytes_max = 10;
        CHECK_FALSE(refusal("[1,2,3,44]", small));
        CHECK(refusal("[1,2,3,444]", small) == fault_kind::too_large);
    }
    SECTION("values in all, containers too")
    {
        small.values_max = 4;
        CHECK_FALSE(refusal("[[],{},1]", small));
        CHECK(refusal("[[],{},1,2]", small) == fault_kind::too_large);
        CHECK(refusal("[[],{},1,[]]", small) == fault_kind::too_large);
    }
    SECTION("bytes of a name, counted after unescaping")
    {
        CHECK_FALSE(refusal("{\"" + std::string(256, 'a') + "\":1}"));
        CHECK(refusal("{\"" + std::string(257, 'a') + "\":1}") == fault_kind::too_large);
        CHECK_FALSE(refusal("{\"" + repeated(256, "\\u0061", "") + "\":1}"));
        CHECK(refusal("{\"" + repeated(257, "\\u0061", "") + "\":1}") == fault_kind::too_large);
    }
    SECTION("bytes of a text, counted after unescaping")
    {
        small.text_bytes_max = 4;
        CHECK_FALSE(refusal("\"abcd\"", small));
        CHECK(refusal("\"abcde\"", small) == fault_kind::too_large);
        CHECK_FALSE(refusal(R"("\ud83d\ude00")", small));
        CHECK(refusal(R"("\ud83d\ude00a")", small) == fault_kind::too_large);
    }
    SECTION("bytes of a number")
    {
        CHECK_FALSE(refusal("1." + std::string(126, '1')));
        CHECK(refusal("1." + std::string(127, '1')) == fault_kind::too_large);
    }
}

TEST_CASE("the JSON reader keeps integers exact and the spelling of every other number")
{
    CHECK(accepted("9223372036854775807") == value{std::int64_t{9223372036854775807}});
    CHECK(accepted("-0") == value{0});
    CHECK(accepted("1.10") == value{shape::number{1.1, "1.10"}});
    CHECK(accepted("9223372036854775808") == value{shape::number{9223372036854775808.0, "9223372036854775808"}});
    CHECK(accepted("1e3") == value{shape::number{1000, "1e3"}});
    CHECK(accepted("1e-999").as<shape::number>()->approximate == 0.0);
    CHECK(accepted("2.2250738585072011e-308").as<shape::number>()->approximate == 2.2250738585072011e-308);
    CHECK(accepted("123456789012345678901234567890.5").as<shape::number>()->approximate == 123456789012345678901234567890.5);
}

TEST_CASE("a fault of the JSON reader points at the byte where it was noticed")
{
    CHECK(std::get<json::fault>(json::read("[1,x]")) == json::fault{fault_kind::syntax, 3});
    CHECK(std::get<json::fault>(json::read("1 2")) == json::fault{fault_kind::syntax, 2});
    CHECK(std::get<json::fault>(json::read("[\"a\xff\"]")).offset == 3);
}
