#include "core/domain/entities/definition_input.hpp"

#include "tests/unit/entities/sample.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace mb;
using namespace mb::entities;
using namespace mb::entities::sample;
using shape::list;
using shape::object;
using shape::value;

namespace {

violations faults_of(object members, field_definition const* before = nullptr)
{
    auto accepted = read_field(std::move(members), before);
    if (auto* broken = std::get_if<violations>(&accepted)) return *broken;
    return {};
}

/// A field of the type that is accepted, and one more member.
object with(char const* type, char const* name = nullptr, value content = {})
{
    object members{{"name", "x"}, {"type", type}};
    if (std::string_view(type) == "ENUM") members.push_back({"options", list{value{"a"}}});
    if (name != nullptr) members.push_back({name, std::move(content)});
    return members;
}

constexpr char const* all_types[] = {"TEXT", "INTEGER", "NUMBER", "DECIMAL", "BOOLEAN", "DATE", "DATETIME", "ENUM", "UUID", "EMAIL", "URL"};

bool is_one_of(std::string_view type, std::vector<std::string_view> const& types) { return std::ranges::find(types, type) != types.end(); }

list many_options(std::size_t count)
{
    list options;
    for (std::size_t i = 0; i < count; ++i) options.emplace_back("o" + std::to_string(i));
    return options;
}

}  // namespace

TEST_CASE("an entity has a name, a display name, and may have a description", "[entities]")
{
    auto const accepted = accept_entity(value{object{{"name", "people"}, {"display_name", "Gente ñ"}, {"description", nullptr}}});
    REQUIRE(std::holds_alternative<entity_input>(accepted));
    CHECK(std::get<entity_input>(accepted).display_name == "Gente ñ");
    CHECK(std::get<entity_input>(accepted).description.empty());
}

TEST_CASE("an entity's members at their limits and past them", "[entities]")
{
    auto const faults = [](std::size_t name, std::size_t display, std::size_t description) -> violations {
        auto accepted = accept_entity(value{
            object{{"name", std::string(name, 'n')}, {"display_name", std::string(display, 'd')}, {"description", std::string(description, 'x')}}});
        auto const* broken = std::get_if<violations>(&accepted);
        return broken == nullptr ? violations{} : *broken;
    };
    CHECK(faults(100, 200, 1000).empty());
    CHECK(faults(1, 1, 0).empty());
    CHECK(faults(101, 201, 1001)
          == violations{{"/name", violation_code::too_long, "100"},
                        {"/display_name", violation_code::too_long, "200"},
                        {"/description", violation_code::too_long, "1000"}});
    CHECK(faults(0, 0, 0) == violations{{"/name", violation_code::too_short, "1"}, {"/display_name", violation_code::too_short, "1"}});
}

TEST_CASE("names are identifiers", "[entities]")
{
    for (auto const* name : {"a", "_a", "A9", "a_b", "zZ_09"}) {
        INFO(name);
        CHECK(std::holds_alternative<entity_input>(accept_entity(value{object{{"name", name}, {"display_name", "d"}}})));
    }
    for (auto const* name : {"9a", "a-b", "a b", "ñ", "a;drop table x", "a.b", "\"a\"", "a\n", "$a"}) {
        INFO(name);
        CHECK(std::holds_alternative<violations>(accept_entity(value{object{{"name", name}, {"display_name", "d"}}})));
    }
}

TEST_CASE("a body that is no object, empty or with strangers", "[entities]")
{
    CHECK(std::get<violations>(accept_entity(value{1})) == violations{{"", violation_code::wrong_type, "OBJECT"}});
    CHECK(std::get<violations>(accept_entity(value{object{{"id", "x"}}}))
          == violations{{"/id", violation_code::unknown_member}, {"/name", violation_code::required}, {"/display_name", violation_code::required}});
    CHECK(std::get<violations>(accept_field(value{"x"}, nullptr, compile_source, {})) == violations{{"", violation_code::wrong_type, "OBJECT"}});
    CHECK(faults_of({}) == violations{{"/name", violation_code::required}, {"/type", violation_code::required}});
}

TEST_CASE("a field cannot have a name that records or the grammar use", "[entities]")
{
    for (auto const* name : {"id", "created_at", "updated_at", "created_by", "updated_by", "version", "deleted_at", "_x", "_"}) {
        INFO(name);
        CHECK(faults_of({{"name", name}, {"type", "TEXT"}}) == violations{{"/name", violation_code::reserved_name}});
    }
    CHECK(faults_of({{"name", "$x"}, {"type", "TEXT"}}).size() == 2);
    for (auto const* name : {"ID", "identity", "filter", "sort", "x_"}) CHECK(faults_of({{"name", name}, {"type", "TEXT"}}).empty());
}

TEST_CASE("the display name of a field falls back to its name", "[entities]")
{
    CHECK(field({{"name", "x"}, {"type", "TEXT"}}, 1).display_name == "x");
    CHECK(field({{"name", "x"}, {"type", "TEXT"}, {"display_name", nullptr}}, 1).display_name == "x");
    CHECK(field({{"name", "x"}, {"type", "TEXT"}, {"display_name", "Equis"}}, 1).display_name == "Equis");
}

TEST_CASE("each constraint belongs to some types and is refused on the others", "[entities]")
{
    struct {
        char const* member;
        value content;
        std::vector<std::string_view> types;
    } const constraints[] = {
        {"min_length", value{1}, {"TEXT", "EMAIL", "URL"}},
        {"max_length", value{50}, {"TEXT", "EMAIL", "URL"}},
        {"pattern", value{"^a"}, {"TEXT"}},
        {"precision", value{9}, {"DECIMAL"}},
        {"scale", value{3}, {"DECIMAL"}},
        {"min", value{5}, {"INTEGER", "NUMBER", "DECIMAL"}},
        {"max", value{5}, {"INTEGER", "NUMBER", "DECIMAL"}},
        {"min", value{"2026-01-01"}, {"DATE"}},
        {"max", value{"2026-01-01T00:00:00Z"}, {"DATETIME"}},
        {"options", value{list{value{"a"}}}, {"ENUM"}},
        {"is_unique", value{true}, {std::begin(all_types), std::end(all_types)}},
        {"is_indexed", value{true}, {std::begin(all_types), std::end(all_types)}},
        {"is_required", value{true}, {std::begin(all_types), std::end(all_types)}},
    };
    for (auto const& each : constraints)
        for (auto const* type : all_types) {
            INFO(each.member << " of " << type);
            auto members = with(type);
            std::erase_if(members, [&](auto const& member) { return member.name == each.member; });
            members.push_back({each.member, each.content});
            auto const broken = faults_of(members);
            CHECK(broken.empty() == is_one_of(type, each.types));
            for (auto const& fault : broken) CHECK(fault.pointer == "/" + std::string(each.member));
        }
}

TEST_CASE("a constraint that is null counts as absent", "[entities]")
{
    for (auto const* type : all_types)
        for (auto const* member : {"min_length", "max_length", "pattern", "precision", "scale", "min", "max", "default", "is_unique"}) {
            INFO(member << " of " << type);
            CHECK(faults_of(with(type, member)).empty());
        }
    CHECK(faults_of({{"name", "x"}, {"type", "ENUM"}, {"options", nullptr}}) == violations{{"/options", violation_code::required}});
}

TEST_CASE("constraints that contradict each other", "[entities]")
{
    CHECK(faults_of({{"name", "x"}, {"type", "INTEGER"}, {"min", 2}, {"max", 2}}).empty());
    CHECK(faults_of({{"name", "x"}, {"type", "INTEGER"}, {"min", 2}, {"max", 1}}) == violations{{"/max", violation_code::contradiction, "min"}});
    CHECK(faults_of({{"name", "x"}, {"type", "TEXT"}, {"min_length", 2}, {"max_length", 2}}).empty());
    CHECK(faults_of({{"name", "x"}, {"type", "TEXT"}, {"min_length", 3}, {"max_length", 2}})
          == violations{{"/max_length", violation_code::contradiction, "min_length"}});
    CHECK(faults_of({{"name", "x"}, {"type", "DECIMAL"}, {"precision", 2}, {"scale", 2}}).empty());
    CHECK(faults_of({{"name", "x"}, {"type", "DECIMAL"}, {"precision", 2}, {"scale", 3}})
          == violations{{"/scale", violation_code::contradiction, "precision"}});
}

TEST_CASE("decimal digits: 18 and 2 where nothing is said, scale within precision", "[entities]")
{
    auto const usual = field(with("DECIMAL"), 1);
    CHECK(usual.precision == 18);
    CHECK(usual.scale == 2);
    CHECK(field(with("DECIMAL", "precision", 1), 1).scale == 1);
    CHECK(faults_of(with("DECIMAL", "precision", 18)).empty());
    CHECK(faults_of(with("DECIMAL", "precision", 19)) == violations{{"/precision", violation_code::too_large, "18"}});
    CHECK(faults_of(with("DECIMAL", "precision", 0)) == violations{{"/precision", violation_code::too_small, "1"}});
    CHECK(faults_of(with("DECIMAL", "min", "1.555")) == violations{{"/min", violation_code::too_precise, "2"}});
}

TEST_CASE("lengths of text: 1,000,000 at most", "[entities]")
{
    CHECK(faults_of(with("TEXT", "max_length", 1'000'000)).empty());
    CHECK(faults_of(with("TEXT", "max_length", 1'000'001)).size() == 1);
    CHECK(faults_of(with("TEXT", "max_length", 0)).size() == 1);
    CHECK(faults_of(with("TEXT", "min_length", -1)).size() == 1);
}

TEST_CASE("an indexed or a unique text holds no more than an index entry does, and says so", "[entities]")
{
    for (auto const* flag : {"is_indexed", "is_unique"}) {
        auto const text = [&](int length) { return object{{"name", "x"}, {"type", "TEXT"}, {flag, true}, {"max_length", length}}; };
        CHECK(faults_of(text(600)).empty());
        CHECK(faults_of(text(601)) == violations{{"/max_length", violation_code::too_large, "600"}});
        CHECK(std::get<field_definition>(read_field({{"name", "x"}, {"type", "TEXT"}, {flag, true}}, nullptr)).max_length == 600);
        CHECK_FALSE(std::get<field_definition>(read_field({{"name", "x"}, {"type", "EMAIL"}, {flag, true}}, nullptr)).max_length);
    }
    CHECK_FALSE(std::get<field_definition>(read_field({{"name", "x"}, {"type", "TEXT"}}, nullptr)).max_length);
}

TEST_CASE("a pattern must compile and has 500 bytes at most", "[entities]")
{
    CHECK(faults_of(with("TEXT", "pattern", "^[a-z]+$")).empty());
    CHECK(faults_of(with("TEXT", "pattern", "(")) == violations{{"/pattern", violation_code::wrong_format, "regex"}});
    CHECK(faults_of(with("TEXT", "pattern", std::string(500, 'a'))).empty());
    CHECK(faults_of(with("TEXT", "pattern", std::string(501, 'a'))) == violations{{"/pattern", violation_code::too_long, "500"}});
    CHECK(faults_of(with("TEXT", "pattern", "")) == violations{{"/pattern", violation_code::too_short, "1"}});
}

TEST_CASE("options are texts or values with labels", "[entities]")
{
    auto const colour = sample::people().fields[7];
    REQUIRE(colour.options.size() == 2);
    CHECK(colour.options[0].label == "red");
    CHECK(colour.options[1].value == "blue");
    CHECK(colour.options[1].label == "Blue!");
    CHECK(colour.fallback == shape::scalar{colour.options[1].number});

    auto const enumeration = [](list options) { return object{{"name", "x"}, {"type", "ENUM"}, {"options", std::move(options)}}; };
    CHECK(faults_of(enumeration({})) == violations{{"/options", violation_code::too_short, "1"}});
    CHECK(faults_of(enumeration({value{"a"}, value{1}, value{"a"}, value{""}, value{object{{"label", "x"}}}}))
          == violations{{"/options/1", violation_code::wrong_type, "TEXT"},
                        {"/options/2", violation_code::duplicate, "a"},
                        {"/options/3", violation_code::too_short, "1"},
                        {"/options/4/value", violation_code::required}});
    CHECK(faults_of(enumeration(many_options(500))).empty());
    CHECK(faults_of(enumeration(many_options(501))) == violations{{"/options", violation_code::too_many, "500"}});
    CHECK(faults_of(enumeration({value{std::string(200, 'a')}})).empty());
    CHECK(faults_of(enumeration({value{std::string(201, 'a')}})) == violations{{"/options/0", violation_code::too_long, "200"}});
    CHECK(faults_of({{"name", "x"}, {"type", "ENUM"}, {"options", "a"}}) == violations{{"/options", violation_code::wrong_type, "LIST"}});
    CHECK(faults_of({{"name", "x"}, {"type", "ENUM"}}) == violations{{"/options", violation_code::required}});
}

TEST_CASE("options keep their numbers, and a number is never given twice", "[entities]")
{
    auto const before = field({{"name", "x"}, {"type", "ENUM"}, {"options", many_options(500)}}, 40);
    auto accepted = read_field({{"name", "x"}, {"type", "ENUM"}, {"options", list{value{"new"}, value{"o7"}}}, {"default", "new"}}, &before);
    auto after = std::get<field_definition>(accepted);
    CHECK(has_new_options(after));
    number_options(after, 41);
    CHECK_FALSE(has_new_options(after));
    CHECK(after.options[1].number == before.options[7].number);
    CHECK(after.fallback == shape::scalar{after.options[0].number});
    for (auto const& option : before.options) CHECK(option.number != after.options[0].number);
}

TEST_CASE("a default must satisfy the field", "[entities]")
{
    struct {
        char const* type;
        value content;
        bool fits;
    } const cases[] = {
        {"TEXT", value{"x"}, true},       {"TEXT", value{1}, false},        {"INTEGER", value{1}, true},
        {"INTEGER", value{"1"}, false},   {"BOOLEAN", value{false}, true},  {"DATE", value{"2026-02-30"}, false},
        {"ENUM", value{"a"}, true},       {"ENUM", value{"b"}, false},      {"UUID", value{"x"}, false},
        {"EMAIL", value{"A@b.es"}, true}, {"URL", value{"ftp://x"}, false}, {"DECIMAL", value{"1.255"}, false},
    };
    for (auto const& each : cases) {
        INFO(each.type);
        auto const broken = faults_of(with(each.type, "default", each.content));
        CHECK(broken.empty() == each.fits);
        for (auto const& fault : broken) CHECK(fault.pointer == "/default");
    }
    CHECK(faults_of({{"name", "x"}, {"type", "TEXT"}, {"max_length", 2}, {"default", "abc"}})
          == violations{{"/default", violation_code::too_long, "2"}});
    CHECK(faults_of({{"name", "x"}, {"type", "TEXT"}, {"pattern", "^a+$"}, {"default", "b"}})
          == violations{{"/default", violation_code::pattern, "^a+$"}});
}

TEST_CASE("everything that is wrong with a field is told at once", "[entities]")
{
    auto const broken = faults_of({{"name", "9"},
                                   {"type", "DATE"},
                                   {"display_name", std::string(201, 'x')},
                                   {"is_required", "yes"},
                                   {"max_length", 5},
                                   {"min", "2026-02-01"},
                                   {"max", "2026-01-01"},
                                   {"pattern", "("},
                                   {"default", 1},
                                   {"colour", 1}});
    std::vector<std::string> pointers;
    for (auto const& fault : broken) pointers.push_back(fault.pointer);
    CHECK(pointers == std::vector<std::string>{"/name", "/display_name", "/is_required", "/colour", "/max_length", "/pattern", "/max", "/default"});
}
