#include "core/domain/shape/rule.hpp"

#include "core/domain/base/instant.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

using namespace mb;
using namespace mb::shape;

namespace {

class has_digit final : public pattern {
public:
    bool found_in(std::string_view text) const noexcept override { return text.find_first_of("0123456789") != std::string_view::npos; }
};

field_rule rule_of(kind type, std::string name = "x")
{
    field_rule rule;
    rule.name = std::move(name);
    rule.type = type;
    return rule;
}

std::optional<scalar> judge(field_rule const& rule, value const& input, violations& broken)
{
    broken.clear();
    return accept(rule, input, broken, "/x");
}

/// The one rule that the input breaks.
violation_code fault_of(field_rule const& rule, value const& input)
{
    violations broken;
    auto const content = accept(rule, input, broken, "/x");
    REQUIRE_FALSE(content.has_value());
    REQUIRE(broken.size() == 1);
    CHECK(broken.front().pointer == "/x");
    return broken.front().code;
}

scalar content_of(field_rule const& rule, value const& input)
{
    violations broken;
    auto const content = accept(rule, input, broken, "/x");
    REQUIRE(broken.empty());
    REQUIRE(content.has_value());
    return *content;
}

value real(double approximate, std::string lexeme) { return value{number{approximate, std::move(lexeme)}}; }

constexpr kind scalar_kinds[] = {kind::text,      kind::integer,     kind::number, kind::decimal, kind::boolean, kind::date,
                                 kind::date_time, kind::enumeration, kind::uuid,   kind::email,   kind::url};

}  // namespace

TEST_CASE("the names of kinds are those of the API and lead back", "[shape]")
{
    for (auto const type : scalar_kinds) CHECK(kind_named(name_of(type)) == type);
    CHECK(name_of(kind::date_time) == "DATETIME");
    CHECK(name_of(kind::enumeration) == "ENUM");
    for (auto const* name : {"", "text", "LIST", "OBJECT", "DATE TIME"}) CHECK_FALSE(kind_named(name).has_value());
}

TEST_CASE("each kind takes its own JSON form and no other", "[shape]")
{
    struct {
        char const* name;
        value input;
        std::vector<kind> taken_by;
    } const inputs[] = {
        {"true", value{true}, {kind::boolean}},
        {"12", value{12}, {kind::integer, kind::number, kind::decimal}},
        {"1.5", real(1.5, "1.5"), {kind::number, kind::decimal}},
        {"1.0", real(1.0, "1.0"), {kind::number, kind::decimal}},
        {"\"free\"", value{"free"}, {kind::text}},
        {"\"12\"", value{"12"}, {kind::text, kind::decimal}},
        {"\"9007199254740993\"", value{"9007199254740993"}, {kind::text, kind::integer, kind::decimal}},
        {"\"true\"", value{"true"}, {kind::text}},
        {"date", value{"2026-01-24"}, {kind::text, kind::date}},
        {"time", value{"2026-01-24T10:30:00Z"}, {kind::text, kind::date_time}},
        {"uuid", value{"01234567-89ab-7cde-8f01-23456789abcd"}, {kind::text, kind::uuid}},
        {"email", value{"a@b.es"}, {kind::text, kind::email}},
        {"url", value{"https://a.es"}, {kind::text, kind::url}},
        {"option", value{"red"}, {kind::text, kind::enumeration}},
        {"[]", value{list{}}, {}},
        {"{}", value{object{}}, {}},
        {"null", value{}, {}},
    };
    for (auto const& each : inputs)
        for (auto const type : scalar_kinds) {
            auto rule = rule_of(type);
            rule.options = {"red"};
            rule.scale = 2;
            violations broken;
            auto const taken = judge(rule, each.input, broken).has_value();
            INFO(each.name << " as " << name_of(type));
            CHECK(taken == (std::ranges::find(each.taken_by, type) != each.taken_by.end()));
            CHECK(broken.size() == (taken ? 0 : 1));
        }
}

TEST_CASE("stored forms", "[shape]")
{
    CHECK(content_of(rule_of(kind::number), value{3}) == scalar{3.0});
    CHECK(std::signbit(std::get<double>(content_of(rule_of(kind::number), real(-0.0, "-0.0")))) == false);
    CHECK(content_of(rule_of(kind::date), value{"2024-02-29"}) == scalar{std::string("2024-02-29")});
    CHECK(content_of(rule_of(kind::date_time), value{"1970-01-01T01:00:00.000001+01:00"}) == scalar{std::int64_t{1}});
    CHECK(content_of(rule_of(kind::email), value{"A@B.es"}) == scalar{std::string("a@b.es")});
    auto decimal = rule_of(kind::decimal);
    decimal.scale = 2;
    CHECK(content_of(decimal, real(0.1, "0.1")) == scalar{std::int64_t{10}});
    auto const uuid = std::get<uuid_bytes>(content_of(rule_of(kind::uuid), value{"01234567-89AB-7CDE-8F01-23456789ABCD"}));
    CHECK(format_uuid(uuid) == "01234567-89ab-7cde-8f01-23456789abcd");
}

TEST_CASE("an integer as text is taken only past 2^53, where JSON numbers end to be exact", "[shape]")
{
    auto const rule = rule_of(kind::integer);
    CHECK(fault_of(rule, value{"9007199254740992"}) == violation_code::wrong_type);
    CHECK(content_of(rule, value{"9007199254740993"}) == scalar{std::int64_t{9007199254740993}});
    CHECK(content_of(rule, value{"-9223372036854775808"}) == scalar{std::numeric_limits<std::int64_t>::min()});
    CHECK(fault_of(rule, value{"9223372036854775808"}) == violation_code::wrong_type);
    CHECK(fault_of(rule, real(9.3e18, "9300000000000000000")) == violation_code::wrong_type);
}

TEST_CASE("text that is no calendar date, moment, UUID, address is a wrong format", "[shape]")
{
    CHECK(fault_of(rule_of(kind::date), value{"2023-02-29"}) == violation_code::wrong_format);
    CHECK(fault_of(rule_of(kind::date_time), value{"2026-01-24T10:30:00"}) == violation_code::wrong_format);
    CHECK(fault_of(rule_of(kind::uuid), value{"{01234567}"}) == violation_code::wrong_format);
    CHECK(fault_of(rule_of(kind::email), value{"a@b"}) == violation_code::wrong_format);
    CHECK(fault_of(rule_of(kind::url), value{"javascript:x"}) == violation_code::wrong_format);
    CHECK(fault_of(rule_of(kind::decimal), value{"x"}) == violation_code::wrong_format);
    CHECK(fault_of(rule_of(kind::text), value{std::string("a\0b", 3)}) == violation_code::wrong_format);
}

TEST_CASE("lengths count code points, at the limits and past them", "[shape]")
{
    auto rule = rule_of(kind::text);
    rule.length_min = 2;
    rule.length_max = 3;
    CHECK(fault_of(rule, value{"ñ"}) == violation_code::too_short);
    content_of(rule, value{"ñá"});
    content_of(rule, value{"ñá😀"});
    CHECK(fault_of(rule, value{"ñá😀x"}) == violation_code::too_long);

    auto items = rule_of(kind::list);
    items.length_max = 1;
    items.element = std::make_shared<field_rule const>(rule_of(kind::integer));
    CHECK(content_of(items, value{list{value{1}}}) == scalar{});
    CHECK(fault_of(items, value{list{value{1}, value{2}}}) == violation_code::too_many);
}

TEST_CASE("bounds hold at the limits and not past them", "[shape]")
{
    auto rule = rule_of(kind::integer);
    rule.min = scalar{std::int64_t{-1}};
    rule.max = scalar{std::int64_t{1}};
    content_of(rule, value{-1});
    content_of(rule, value{1});
    CHECK(fault_of(rule, value{-2}) == violation_code::too_small);
    CHECK(fault_of(rule, value{2}) == violation_code::too_large);

    auto date = rule_of(kind::date);
    date.max = scalar{std::string("2026-01-01")};
    content_of(date, value{"2026-01-01"});
    CHECK(fault_of(date, value{"2026-01-02"}) == violation_code::too_large);

    auto decimal = rule_of(kind::decimal);
    decimal.precision = 4;
    decimal.scale = 2;
    decimal.min = scalar{std::int64_t{150}};
    content_of(decimal, value{"1.50"});
    violations broken;
    judge(decimal, value{"1.49"}, broken);
    CHECK(broken == violations{{"/x", violation_code::too_small, "1.50"}});
    judge(decimal, value{100}, broken);
    CHECK(broken == violations{{"/x", violation_code::too_large, "99.99"}});
    judge(decimal, value{-100}, broken);
    CHECK(broken == violations{{"/x", violation_code::too_small, "-99.99"}});
    judge(decimal, value{"1.555"}, broken);
    CHECK(broken == violations{{"/x", violation_code::too_precise, "2"}});
}

TEST_CASE("one value may break several rules, and all are told", "[shape]")
{
    auto rule = rule_of(kind::text);
    rule.length_min = 3;
    rule.matches = std::make_shared<has_digit>();
    rule.pattern_text = "[0-9]";
    rule.control_allowed = false;
    violations broken;
    judge(rule, value{"\n"}, broken);
    CHECK(broken
          == violations{
              {"/x", violation_code::wrong_format, "printable"}, {"/x", violation_code::too_short, "3"}, {"/x", violation_code::pattern, "[0-9]"}});
}

TEST_CASE("an option is byte-exact, and the refusal lists what there is", "[shape]")
{
    auto rule = rule_of(kind::enumeration);
    rule.options = {"red", "blue"};
    violations broken;
    judge(rule, value{"Red"}, broken);
    CHECK(broken == violations{{"/x", violation_code::not_an_option, "red, blue"}});
    rule.options.assign(500, std::string(50, 'a'));
    judge(rule, value{"x"}, broken);
    CHECK(broken.front().expected.size() < 300);
    CHECK(broken.front().expected.ends_with("…"));
}

TEST_CASE("absent, null and value are three states", "[shape]")
{
    auto plain = rule_of(kind::text, "plain");
    plain.nullable = true;
    auto needed = rule_of(kind::text, "needed");
    needed.required = true;
    auto filled = rule_of(kind::text, "filled");
    filled.required = true;
    filled.fallback = scalar{std::string("f")};
    object_rule const rule{{plain, needed, filled}};

    violations broken;
    auto made = accept(rule, value{object{{"needed", "n"}}}, presence::complete, broken);
    REQUIRE(broken.empty());
    CHECK(made[0].given == accepted::state::absent);
    CHECK(made[1].content == scalar{std::string("n")});
    CHECK(made[2].content == scalar{std::string("f")});

    made = accept(rule, value{object{{"plain", nullptr}}}, presence::partial, broken);
    REQUIRE(broken.empty());
    CHECK(made[0].given == accepted::state::null);
    CHECK(made[1].given == accepted::state::absent);

    accept(rule, value{object{{"plain", nullptr}}}, presence::complete, broken);
    CHECK(broken == violations{{"/needed", violation_code::required}});
    broken.clear();
    accept(rule, value{object{{"needed", nullptr}, {"filled", nullptr}}}, presence::partial, broken);
    CHECK(broken == violations{{"/needed", violation_code::not_null}, {"/filled", violation_code::not_null}});
}

TEST_CASE("pointers lead into nested values, escaped", "[shape]")
{
    auto inner = std::make_shared<object_rule>();
    inner->fields = {rule_of(kind::integer, "n")};
    auto item = rule_of(kind::object);
    item.members = inner;
    auto items = rule_of(kind::list, "a/b~c");
    items.element = std::make_shared<field_rule const>(item);
    violations broken;
    accept(object_rule{{items}}, value{object{{"a/b~c", list{value{object{{"n", 1}}}, value{object{{"n", "x"}, {"m", 1}}}, value{1}}}}},
           presence::complete, broken, "/body");
    CHECK(broken
          == violations{{"/body/a~1b~0c/1/n", violation_code::wrong_type, "INTEGER"},
                        {"/body/a~1b~0c/1/m", violation_code::unknown_member},
                        {"/body/a~1b~0c/2", violation_code::wrong_type, "OBJECT"}});
}

TEST_CASE("what is no object breaks one rule", "[shape]")
{
    violations broken;
    accept(object_rule{{rule_of(kind::text)}}, value{list{}}, presence::complete, broken);
    CHECK(broken == violations{{"", violation_code::wrong_type, "OBJECT"}});
}

TEST_CASE("the list of broken rules ends at its limit", "[shape]")
{
    auto const broken_by = [](std::size_t members) {
        object input;
        for (std::size_t i = 0; i < members; ++i) input.push_back({"m" + std::to_string(i), 1});
        violations broken;
        accept(object_rule{}, value{std::move(input)}, presence::complete, broken);
        return broken.size();
    };
    CHECK(broken_by(violations_max) == violations_max);
    CHECK(broken_by(violations_max + 1) == violations_max);
    CHECK(broken_by(100'000) == violations_max);
}

TEST_CASE("text is read by the rule's kind, never by guess", "[shape]")
{
    struct {
        kind type;
        char const* text;
        bool readable;
    } const cases[] = {
        {kind::integer, "0", true},
        {kind::integer, "-7", true},
        {kind::integer, "007", false},
        {kind::integer, "+1", false},
        {kind::integer, "1.0", false},
        {kind::integer, "1e3", false},
        {kind::integer, "", false},
        {kind::integer, "-", false},
        {kind::integer, " 1", false},
        {kind::integer, "0x10", false},
        {kind::integer, "9223372036854775807", true},
        {kind::integer, "9223372036854775808", false},
        {kind::number, "1.5", true},
        {kind::number, "-1e3", true},
        {kind::number, "inf", false},
        {kind::number, "nan", false},
        {kind::number, "1e400", false},
        {kind::number, ".5", false},
        {kind::number, "1.", false},
        {kind::number, "1 ", false},
        {kind::boolean, "true", true},
        {kind::boolean, "false", true},
        {kind::boolean, "1", false},
        {kind::boolean, "TRUE", false},
        {kind::decimal, "1.50", true},
        {kind::decimal, "x", false},
        {kind::date, "2026-01-24", true},
        {kind::date, "2026-1-24", false},
        {kind::text, "", true},
        {kind::list, "1", false},
        {kind::object, "{}", false},
    };
    for (auto const& each : cases) {
        auto rule = rule_of(each.type);
        rule.scale = 2;
        violations broken;
        INFO(name_of(each.type) << " " << each.text);
        CHECK(accept_text(rule, each.text, broken, "/x").has_value() == each.readable);
        CHECK(broken.empty() == each.readable);
    }
}

TEST_CASE("formatted content reads back as itself", "[shape]")
{
    auto const round_trip = [](field_rule const& rule, scalar const& content) {
        violations broken;
        auto const text = format_text(rule, content);
        INFO(text);
        CHECK(accept_text(rule, text, broken, "") == content);
    };
    round_trip(rule_of(kind::text), scalar{std::string("hola")});
    round_trip(rule_of(kind::boolean), scalar{true});
    round_trip(rule_of(kind::integer), scalar{std::int64_t{-12}});
    round_trip(rule_of(kind::number), scalar{0.1});
    round_trip(rule_of(kind::date_time), scalar{std::int64_t{1'769'250'600'000'000}});
    round_trip(rule_of(kind::uuid), scalar{uuid_bytes{1, 2, 3}});
    auto decimal = rule_of(kind::decimal);
    decimal.scale = 3;
    round_trip(decimal, scalar{std::int64_t{-1}});
    CHECK(format_text(decimal, scalar{}).empty());
}

TEST_CASE("a list without a rule for its items, and an object without one for its members, take any", "[shape]")
{
    CHECK(content_of(rule_of(kind::list), value{list{1, "a", value{}}}) == scalar{});
    CHECK(content_of(rule_of(kind::object), value{object{{"a", 1}}}) == scalar{});
    CHECK(fault_of(rule_of(kind::object), value{list{}}) == violation_code::wrong_type);
    CHECK(fault_of(rule_of(kind::list), value{object{}}) == violation_code::wrong_type);
}

TEST_CASE("a number that isn't finite is none", "[shape]")
{
    CHECK(fault_of(rule_of(kind::number), real(std::numeric_limits<double>::infinity(), "1e999")) == violation_code::wrong_type);
    CHECK(fault_of(rule_of(kind::number), real(std::nan(""), "nan")) == violation_code::wrong_type);
    CHECK(content_of(rule_of(kind::number), real(-0.0, "-0.0")) == scalar{0.0});
}

TEST_CASE("whatever breaks rules, the list of them ends at its limit", "[shape]")
{
    auto item = rule_of(kind::integer);
    auto rule = rule_of(kind::list);
    rule.element = std::make_shared<field_rule const>(item);
    auto const broken_by = [&](std::size_t items) {
        violations broken;
        accept(rule, value{list(items, value{"text"})}, broken, "/x");
        return broken.size();
    };
    CHECK(broken_by(violations_max) == violations_max);
    CHECK(broken_by(violations_max + 1) == violations_max);

    // a list that is full already takes no more of any kind
    violations full(violations_max, violation{"/y", violation_code::required});
    auto required = item;
    required.required = true;
    accept(object_rule{{required}}, value{object{}}, presence::complete, full);
    accept(object_rule{{required}}, value{list{}}, presence::complete, full);
    CHECK_FALSE(accept(item, value{"text"}, full, "/x"));
    CHECK_FALSE(accept(item, value{1}, full, "/x"));
    CHECK(full.size() == violations_max);
}

TEST_CASE("a decimal that can't be read is none as text either", "[shape]")
{
    CHECK(parse_decimal("1.50", 6, 2) == 150);
    CHECK_FALSE(parse_decimal("1.505", 6, 2));
    CHECK_FALSE(parse_decimal("text", 6, 2));
    CHECK(value{"text"}.find("member") == nullptr);
    CHECK(value{object{{"a", 1}}}.find("b") == nullptr);
}
