#include "core/domain/entities/query_input.hpp"

#include "tests/unit/entities/sample.hpp"

#include <catch2/catch.hpp>

using namespace mb;
using namespace mb::entities;
using namespace mb::entities::sample;

namespace {

using parameters = std::vector<parameter>;

std::variant<parsed_query, denial> parse(parameters const& given) { return parse_record_query(*compiled_people(), given); }

parsed_query understood(parameters const& given)
{
    auto parsed = parse(given);
    if (auto const* refused = std::get_if<denial>(&parsed)) FAIL(entry_of(refused->why).english_code << " " << refused->details.front().pointer);
    return std::get<parsed_query>(parsed);
}

denial refusal(parameters const& given)
{
    auto parsed = parse(given);
    REQUIRE(std::holds_alternative<denial>(parsed));
    return std::get<denial>(parsed);
}

/// The one comparison that one parameter makes.
comparison compared(std::string name, std::string text)
{
    auto const parsed = understood({{std::move(name), std::move(text)}});
    REQUIRE(parsed.query.where.size() == 1);
    return parsed.query.where.front();
}

parameters repeat(std::string const& name, std::size_t times, std::string const& text = "1") { return parameters(times, parameter{name, text}); }

}  // namespace

TEST_CASE("no parameter asks for the first 50 records", "[entities]")
{
    auto const parsed = understood({});
    CHECK(parsed.query.limit == 50);
    CHECK(parsed.query.where.empty());
    CHECK(parsed.query.order.empty());
    CHECK(parsed.shown.empty());
    CHECK(parsed.count == count_mode::none);
    CHECK_FALSE(parsed.cursor.has_value());
}

TEST_CASE("a filter names a column and an operator, eq where there is none", "[entities]")
{
    auto const plain = compared("filter[age]", "30");
    CHECK(plain.what == column{field_index{1}});
    CHECK(plain.op == comparison_op::eq);
    CHECK(plain.operands == std::vector{cell{std::int64_t{30}}});
    struct {
        char const* name;
        comparison_op op;
    } const operators[] = {{"eq", comparison_op::eq}, {"ne", comparison_op::ne},   {"lt", comparison_op::lt}, {"lte", comparison_op::lte},
                           {"gt", comparison_op::gt}, {"gte", comparison_op::gte}, {"in", comparison_op::in}, {"nin", comparison_op::nin}};
    for (auto const& each : operators) CHECK(compared("filter[age][" + std::string(each.name) + "]", "1").op == each.op);
    CHECK(compared("filter[age][null]", "true").operands == std::vector{cell{true}});
    CHECK(compared("filter[age][null]", "false").operands == std::vector{cell{false}});
}

TEST_CASE("operands are typed by their column", "[entities]")
{
    CHECK(compared("filter[title]", "").operands == std::vector{cell{std::string()}});
    CHECK(compared("filter[ratio][gt]", "1.5").operands == std::vector{cell{1.5}});
    CHECK(compared("filter[price]", "12.5").operands == std::vector{cell{std::int64_t{1250}}});
    CHECK(compared("filter[active]", "true").operands == std::vector{cell{true}});
    CHECK(compared("filter[born][lt]", "2000-02-29").operands == std::vector{cell{std::string("2000-02-29")}});
    CHECK(compared("filter[seen]", "1970-01-01T00:00:01Z").operands == std::vector{cell{std::int64_t{1'000'000}}});
    CHECK(compared("filter[colour]", "blue").operands == std::vector{cell{people().fields[7].options[1].number}});
    CHECK(compared("filter[mail]", "A@B.es").operands == std::vector{cell{std::string("a@b.es")}});
    CHECK(compared("filter[version]", "2").what == column{system_column::version});
    CHECK(compared("filter[created_by][null]", "true").what == column{system_column::created_by});
    CHECK(std::holds_alternative<uuid_bytes>(compared("filter[id]", "01234567-89ab-7cde-8f01-23456789abcd").operands.front()));
    // the constraints of a field are no rules for what is compared with it
    CHECK(compared("filter[age][lt]", "99999").operands == std::vector{cell{std::int64_t{99999}}});
    CHECK(compared("filter[title]", std::string(21, 'x')).operands.size() == 1);
}

TEST_CASE("an operand that is not of the column's type is refused at its parameter", "[entities]")
{
    struct {
        char const* name;
        char const* text;
        violation_code code;
    } const cases[] = {
        {"filter[age]", "old", violation_code::wrong_type},
        {"filter[age]", "1.0", violation_code::wrong_type},
        {"filter[age][gt]", "", violation_code::wrong_type},
        {"filter[active]", "1", violation_code::wrong_type},
        {"filter[born]", "2023-02-29", violation_code::wrong_format},
        {"filter[seen]", "2026-01-24 10:30", violation_code::wrong_format},
        {"filter[colour]", "green", violation_code::not_an_option},
        {"filter[price]", "1.555", violation_code::too_precise},
        {"filter[ref]", "1", violation_code::wrong_format},
        {"filter[id]", "x", violation_code::wrong_format},
        {"filter[age][null]", "yes", violation_code::wrong_type},
        {"filter[age][like]", "1", violation_code::not_an_option},
        {"filter[age][]", "1", violation_code::not_an_option},
        {"filter[title][contains]", "1", violation_code::not_an_option},
        {"filter[colour][gt]", "red", violation_code::not_allowed_here},
        {"filter[active][between]", "true", violation_code::not_allowed_here},
    };
    for (auto const& each : cases) {
        INFO(each.name << "=" << each.text);
        auto const refused = refusal({{each.name, each.text}});
        CHECK(refused.why == problem::invalid_parameter);
        REQUIRE(refused.details.size() == 1);
        CHECK(refused.details.front().pointer == "/" + std::string(each.name));
        CHECK(refused.details.front().code == each.code);
    }
    CHECK(refusal({{"filter[title]", std::string("a\0b", 3)}}).why == problem::invalid_parameter);
}

TEST_CASE("what is no parameter of the grammar is unknown", "[entities]")
{
    for (auto const* name : {"page",
                             "offset",
                             "search",
                             "expand",
                             "deleted",
                             "filter",
                             "Filter[age]",
                             "filter[",
                             "filter[]",
                             "filter[age",
                             "filter[age]x",
                             "filter[age][eq",
                             "filter[age][eq][x]",
                             "filter[age[eq]]",
                             "filter[height]",
                             "filter[AGE]",
                             "filter[age' OR 1=1]",
                             "filter[f_3]",
                             "filter[deleted_at]",
                             "sort[]",
                             "limit ",
                             "",
                             "filter[owner.name]"}) {
        INFO(name);
        CHECK(refusal({{name, "1"}}).why == problem::unknown_parameter);
    }
}

TEST_CASE("everything that is wrong with a query is told at once, the unknown first", "[entities]")
{
    auto const refused = refusal({{"limit", "0"}, {"page", "2"}, {"filter[age]", "x"}, {"sort", "height"}});
    CHECK(refused.why == problem::unknown_parameter);
    CHECK(refused.details
          == violations{{"/limit", violation_code::too_small, "1"},
                        {"/page", violation_code::unknown_member},
                        {"/filter[age]", violation_code::wrong_type, "INTEGER"},
                        {"/sort", violation_code::not_an_option, "height"}});
}

TEST_CASE("lists repeat their parameter, the rest repeated means and", "[entities]")
{
    auto const parsed = understood({{"filter[age][in]", "1"}, {"filter[age][gt]", "0"}, {"filter[age][in]", "2"}, {"filter[age][gt]", "1"}});
    REQUIRE(parsed.query.where.size() == 3);
    CHECK(parsed.query.where[0].operands == std::vector{cell{std::int64_t{1}}, cell{std::int64_t{2}}});
    auto const two = understood({{"filter[age][in]", "1"}, {"filter[price][in]", "1"}, {"filter[age][nin]", "1"}});
    CHECK(two.query.where.size() == 3);
}

TEST_CASE("between has exactly two ends", "[entities]")
{
    auto const parsed = understood({{"filter[age][between]", "1"}, {"filter[age][between]", "5"}});
    REQUIRE(parsed.query.where.size() == 1);
    CHECK(parsed.query.where[0].operands.size() == 2);
    CHECK(refusal(repeat("filter[age][between]", 1)).details.front().code == violation_code::too_short);
    CHECK(refusal(repeat("filter[age][between]", 3)).details.front().code == violation_code::too_many);
}

TEST_CASE("64 parameters, 60 comparisons", "[entities]")
{
    CHECK(understood(repeat("filter[age][in]", 64)).query.where.front().operands.size() == 64);
    CHECK(refusal(repeat("filter[age][in]", 65)).why == problem::invalid_parameter);
    CHECK(understood(repeat("filter[age]", 60)).query.where.size() == 60);
    CHECK(refusal(repeat("filter[age]", 61)).details == violations{{"/filter", violation_code::too_many, "60"}});
    query_limits narrow;
    narrow.operands_max = 2;
    CHECK(std::holds_alternative<parsed_query>(parse_record_query(*compiled_people(), repeat("filter[age][in]", 2), narrow)));
    CHECK(std::holds_alternative<denial>(parse_record_query(*compiled_people(), repeat("filter[age][in]", 3), narrow)));
}

TEST_CASE("sort has up to four keys, each once", "[entities]")
{
    auto const parsed = understood({{"sort", "-age,title,created_at,id"}});
    REQUIRE(parsed.query.order.size() == 4);
    CHECK(parsed.query.order[0].by == column{field_index{1}});
    CHECK(parsed.query.order[0].way == direction::descending);
    CHECK(parsed.query.order[1].way == direction::ascending);
    CHECK(parsed.query.order[3].by == column{system_column::id});
    for (auto const* text : {"", "-", "height", "age,", "age,,title", "age,-age", "--age", "+age", " age", "age,title,price,born,seen"}) {
        INFO(text);
        CHECK(refusal({{"sort", text}}).details.front().pointer == "/sort");
    }
}

TEST_CASE("fields chooses columns", "[entities]")
{
    CHECK(understood({{"fields", "*"}}).shown.empty());
    CHECK(understood({{"fields", "age,version,age"}}).shown == std::vector<column>{field_index{1}, system_column::version});
    for (auto const* text : {"", "height", "age,", "*,age"}) CHECK(refusal({{"fields", text}}).why == problem::invalid_parameter);
}

TEST_CASE("limit is 1 to 200", "[entities]")
{
    CHECK(understood({{"limit", "1"}}).query.limit == 1);
    CHECK(understood({{"limit", "200"}}).query.limit == 200);
    for (auto const* text : {"0", "201", "-1", "", "ten", "1.0", "99999999999999999999"})
        CHECK(refusal({{"limit", text}}).why == problem::invalid_parameter);
}

TEST_CASE("count is none, capped or exact, and estimated is answered as capped", "[entities]")
{
    CHECK(understood({{"count", "none"}}).count == count_mode::none);
    CHECK(understood({{"count", "capped"}}).count == count_mode::capped);
    CHECK(understood({{"count", "estimated"}}).count == count_mode::capped);
    CHECK(understood({{"count", "exact"}}).count == count_mode::exact);
    CHECK(refusal({{"count", "all"}}).why == problem::invalid_parameter);
}

TEST_CASE("a parameter with one value cannot come twice", "[entities]")
{
    for (auto const* name : {"sort", "fields", "limit", "cursor", "count"}) {
        auto const text = std::string_view(name) == "limit" ? "5" : std::string_view(name) == "count" ? "none" : "age";
        auto const refused = refusal({{name, text}, {name, text}});
        CHECK(refused.why == problem::invalid_parameter);
        CHECK(refused.details == violations{{"/" + std::string(name), violation_code::duplicate}});
    }
}

TEST_CASE("as many columns as the limit are shown, and one more is refused", "[entities]")
{
    query_limits narrow;
    narrow.shown_max = 2;
    auto const parse_narrowly = [&](char const* text) { return parse_record_query(*compiled_people(), parameters{{"fields", text}}, narrow); };
    CHECK(std::holds_alternative<parsed_query>(parse_narrowly("age,title")));
    auto const refused = parse_narrowly("age,title,id");
    REQUIRE(std::holds_alternative<denial>(refused));
    CHECK(std::get<denial>(refused).details == violations{{"/fields", violation_code::too_many, "2"}});
}

TEST_CASE("a column of the system is read from the record itself", "[entities]")
{
    record of;
    of.id.bytes.fill(1);
    of.created_at = from_micros(2);
    of.updated_at = from_micros(3);
    of.version = 4;
    CHECK(cell_of(of, system_column::id) == cell{of.id.bytes});
    CHECK(cell_of(of, system_column::created_at) == cell{std::int64_t{2}});
    CHECK(cell_of(of, system_column::updated_at) == cell{std::int64_t{3}});
    CHECK(cell_of(of, system_column::created_by) == cell{});
    CHECK(cell_of(of, system_column::version) == cell{std::int64_t{4}});
    of.created_by = identity::user_id{{5}};
    CHECK(cell_of(of, system_column::created_by) == cell{of.created_by->bytes});
}
