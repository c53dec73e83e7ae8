#include "core/domain/entities/record_input.hpp"

#include "tests/unit/entities/sample.hpp"

#include <catch2/catch.hpp>

using namespace mb;
using namespace mb::entities;
using namespace mb::entities::sample;
using shape::object;
using shape::value;

TEST_CASE("a new record has a cell for each field: given, by default, or null", "[entities]")
{
    auto const entity = compiled_people();
    auto const accepted = accept_record(*entity, value{object{{"title", "Ana"}, {"age", 30}, {"colour", "red"}}});
    auto const& cells = std::get<std::vector<cell>>(accepted);
    auto const& fields = entity->definition.fields;
    REQUIRE(cells.size() == fields.size());
    CHECK(cells[0] == cell{std::string("Ana")});
    CHECK(cells[1] == cell{std::int64_t{30}});
    CHECK(cells[2] == cell{});
    CHECK(cells[3] == cell{std::int64_t{150}});
    CHECK(cells[7] == cell{fields[7].options[0].number});

    auto const defaults = std::get<std::vector<cell>>(accept_record(*entity, value{object{{"title", "Ana"}, {"price", nullptr}}}));
    CHECK(defaults[3] == cell{});
    CHECK(defaults[7] == cell{fields[7].options[1].number});
}

TEST_CASE("a record that breaks rules is told all of them", "[entities]")
{
    auto const entity = compiled_people();
    auto const broken = std::get<violations>(accept_record(*entity, value{object{{"age", 151},
                                                                                 {"price", "123456.00"},
                                                                                 {"born", "2026-13-01"},
                                                                                 {"colour", "green"},
                                                                                 {"id", "x"},
                                                                                 {"version", 1},
                                                                                 {"_x", 1},
                                                                                 {"height", 1}}}));
    CHECK(broken
          == violations{{"/age", violation_code::too_large, "150"},
                        {"/price", violation_code::too_large, "9999.99"},
                        {"/born", violation_code::wrong_format, "date"},
                        {"/colour", violation_code::not_an_option, "red, blue"},
                        {"/id", violation_code::reserved_name},
                        {"/version", violation_code::reserved_name},
                        {"/_x", violation_code::reserved_name},
                        {"/height", violation_code::unknown_member},
                        {"/title", violation_code::required}});
}

TEST_CASE("a body that is no object is one violation", "[entities]")
{
    auto const entity = compiled_people();
    CHECK(std::get<violations>(accept_record(*entity, value{"x"})) == violations{{"", violation_code::wrong_type, "OBJECT"}});
    CHECK(std::get<violations>(accept_patch(*entity, value{})) == violations{{"", violation_code::wrong_type, "OBJECT"}});
}

TEST_CASE("a patch keeps what is absent, clears what is null, writes what is given", "[entities]")
{
    auto const entity = compiled_people();
    auto cells = std::get<std::vector<cell>>(accept_record(*entity, value{object{{"title", "Ana"}, {"age", 30}, {"active", true}}}));
    auto const before = cells;

    auto const patch = std::get<record_patch>(accept_patch(*entity, value{object{{"age", nullptr}, {"colour", "red"}}}));
    apply_patch(patch, cells);
    CHECK(cells[0] == before[0]);
    CHECK(cells[1] == cell{});
    CHECK(cells[3] == before[3]);
    CHECK(cells[4] == cell{true});
    CHECK(cells[7] == cell{entity->definition.fields[7].options[0].number});

    auto same = before;
    apply_patch(std::get<record_patch>(accept_patch(*entity, value{object{}})), same);
    CHECK(same == before);
}

TEST_CASE("a patch cannot clear what is required, nor write a system column", "[entities]")
{
    CHECK(std::get<violations>(accept_patch(*compiled_people(), value{object{{"title", nullptr}, {"created_at", "2026-01-01T00:00:00Z"}}}))
          == violations{{"/title", violation_code::not_null}, {"/created_at", violation_code::reserved_name}});
}

TEST_CASE("a stored cell is judged as a new value would be", "[entities]")
{
    auto const entity = compiled_people();
    for (std::size_t i = 0; i < entity->definition.fields.size(); ++i) {
        auto const& field = entity->definition.fields[i];
        INFO(field.name.text());
        CHECK(obeys(field, entity->rule.fields[i], cell{}) == !field.is_required);
    }
    auto const cells = std::get<std::vector<cell>>(accept_record(*entity, value{object{{"title", "Ana"},
                                                                                       {"age", 1},
                                                                                       {"ratio", 2},
                                                                                       {"price", "9.99"},
                                                                                       {"active", false},
                                                                                       {"born", "2000-01-01"},
                                                                                       {"seen", "2026-01-24T10:30:00Z"},
                                                                                       {"colour", "red"},
                                                                                       {"ref", "01234567-89ab-7cde-8f01-23456789abcd"},
                                                                                       {"mail", "a@b.es"},
                                                                                       {"site", "https://a.es"}}}));
    for (std::size_t i = 0; i < cells.size(); ++i) {
        INFO(entity->definition.fields[i].name.text());
        CHECK(obeys(entity->definition.fields[i], entity->rule.fields[i], cells[i]));
    }
    CHECK_FALSE(obeys(entity->definition.fields[0], entity->rule.fields[0], cell{std::string(21, 'x')}));
    CHECK_FALSE(obeys(entity->definition.fields[1], entity->rule.fields[1], cell{std::int64_t{151}}));
}

TEST_CASE("a stored pattern that no longer compiles refuses every text", "[entities]")
{
    auto const definition = field({{"name", "x"}, {"type", "TEXT"}, {"pattern", "a"}}, 1);
    auto const rule = rule_of(definition, [](std::string_view) { return std::shared_ptr<shape::pattern const>{}; });
    CHECK_FALSE(obeys(definition, rule, cell{std::string("a")}));
}

TEST_CASE("a field is found by its identity and by its name, and by no other", "[entities]")
{
    auto const definition = people();
    CHECK(find_field(definition, "age") == 1);
    CHECK(find_field(definition, definition.fields[2].id.text()) == 2);
    CHECK_FALSE(find_field(definition, "height"));
    CHECK_FALSE(find_field(definition, "01234567-89ab-7cde-8f01-23456789abcd"));
}

TEST_CASE("an option that is gone is shown as nothing, and is no default", "[entities]")
{
    auto colour = people().fields[7];
    CHECK(shape::value{"red"} == present(colour, cell{colour.options[0].number}));
    CHECK(present(colour, cell{std::int64_t{12345}}).is_null());
    CHECK(rule_of(colour, compile_source).fallback == shape::scalar{std::string("blue")});
    colour.fallback = shape::scalar{std::int64_t{12345}};
    CHECK_FALSE(rule_of(colour, compile_source).fallback);
    colour.fallback = shape::scalar{true};
    CHECK_FALSE(rule_of(colour, compile_source).fallback);
    CHECK(find_option(colour, "green") == nullptr);
    CHECK(find_option(colour, std::int64_t{12345}) == nullptr);
}
