#include "core/domain/entities/definition_change.hpp"

#include "tests/unit/entities/sample.hpp"

#include <catch2/catch.hpp>

using namespace mb;
using namespace mb::entities;
using namespace mb::entities::sample;
using shape::list;
using shape::object;
using shape::value;

namespace {

constexpr auto empty = population::no_records;
constexpr auto inhabited = population::some_records;
constexpr std::int64_t fresh = 900;

entity_definition with_one(field_definition one)
{
    entity_definition made;
    made.name = identifier::restore("things");
    made.fields.push_back(std::move(one));
    return made;
}

/// "add 2, fill 2, unique 2": the kinds and columns of a plan's steps.
std::string spell(schema_plan const& plan)
{
    std::string spelt;
    auto const put = [&](std::string what, field_definition const& field) {
        if (!spelt.empty()) spelt += ", ";
        spelt += what + " " + std::to_string(field.number);
    };
    for (auto const& step : plan) {
        if (auto const* add = std::get_if<add_column>(&step)) put("add", add->field);
        if (auto const* drop = std::get_if<drop_column>(&step)) put("drop", drop->field);
        if (auto const* fill = std::get_if<fill_column>(&step)) put("fill", fill->field);
        if (auto const* index = std::get_if<create_index>(&step)) put(index->unique ? "unique" : "index", index->field);
        if (auto const* index = std::get_if<drop_index>(&step)) put(index->unique ? "drop unique" : "drop index", index->field);
    }
    return spelt;
}

std::string plan_of(change_decision const& decision)
{
    auto const* change = std::get_if<definition_change>(&decision);
    return change == nullptr ? std::string(entry_of(std::get<problem>(decision)).english_code) : spell(change->plan);
}

change_decision add(object members, population records)
{
    return decide_new_field(with_one(field({{"name", "a"}, {"type", "TEXT"}}, 1)), field(std::move(members), 2), records, {});
}

change_decision replace(object from, object to, population records)
{
    auto const before = field(std::move(from), 1);
    auto accepted = read_field(std::move(to), &before);
    REQUIRE(std::holds_alternative<field_definition>(accepted));
    auto after = std::get<field_definition>(accepted);
    after.id = before.id;
    number_options(after, fresh);
    return decide_changed_field(with_one(before), field_index{0}, after, fresh, records, {});
}

scan scan_of(object from, object to)
{
    auto const decision = replace(std::move(from), std::move(to), inhabited);
    REQUIRE(std::holds_alternative<definition_change>(decision));
    return std::get<definition_change>(decision).look_for;
}

std::vector<comparison_op> ops_of(scan const& look_for)
{
    std::vector<comparison_op> ops;
    for (auto const& each : look_for.forbidden) ops.push_back(each.op);
    return ops;
}

object of(char const* type, object more = {})
{
    object members{{"name", "x"}, {"type", type}};
    members.insert(members.end(), more.begin(), more.end());
    return members;
}

}  // namespace

TEST_CASE("adding a field", "[entities]")
{
    CHECK(plan_of(add(of("TEXT"), empty)) == "add 2");
    CHECK(plan_of(add(of("TEXT"), inhabited)) == "add 2");
    CHECK(plan_of(add(of("TEXT", {{"is_indexed", true}}), empty)) == "add 2, index 2");
    CHECK(plan_of(add(of("TEXT", {{"is_unique", true}, {"is_indexed", true}}), empty)) == "add 2, unique 2");
    CHECK(plan_of(add(of("TEXT", {{"is_required", true}}), empty)) == "add 2");
    CHECK(plan_of(add(of("TEXT", {{"is_required", true}}), inhabited)) == "UNSAFE_CHANGE");
    CHECK(plan_of(add(of("TEXT", {{"is_required", true}, {"default", "d"}}), inhabited)) == "add 2, fill 2");
    CHECK(plan_of(add(of("TEXT", {{"default", "d"}, {"is_indexed", true}}), inhabited)) == "add 2, fill 2, index 2");
    CHECK(plan_of(add({{"name", "a"}, {"type", "TEXT"}}, empty)) == "FIELD_ALREADY_EXISTS");
    CHECK(plan_of(add({{"name", "A"}, {"type", "TEXT"}}, empty)) == "add 2");
}

TEST_CASE("an entity has 200 fields and 32 indexes at most", "[entities]")
{
    entity_definition entity;
    for (int i = 0; i < 199; ++i) entity.fields.push_back(field({{"name", "f" + std::to_string(i)}, {"type", "TEXT"}, {"is_indexed", i < 31}}, i));
    auto const plain = field(of("TEXT"), 999);
    auto const indexed = field(of("TEXT", {{"is_unique", true}}), 999);

    CHECK(plan_of(decide_new_field(entity, indexed, empty, {})) == "add 999, unique 999");
    entity.fields.push_back(indexed);
    CHECK(plan_of(decide_new_field(entity, field({{"name", "y"}, {"type", "TEXT"}}, 1000), empty, {})) == "LIMIT_REACHED");
    entity.fields.erase(entity.fields.begin() + 100);
    CHECK(plan_of(decide_new_field(entity, field({{"name", "y"}, {"type", "TEXT"}}, 1000), empty, {})) == "add 1000");
    CHECK(plan_of(decide_new_field(entity, field({{"name", "y"}, {"type", "TEXT"}, {"is_indexed", true}}, 1000), empty, {})) == "LIMIT_REACHED");
    auto after = entity.fields[50];
    after.is_indexed = true;
    CHECK(plan_of(decide_changed_field(entity, field_index{50}, after, fresh, empty, {})) == "LIMIT_REACHED");
}

TEST_CASE("renaming touches no table", "[entities]")
{
    auto const decision = replace(of("TEXT", {{"is_unique", true}}), {{"name", "y"}, {"type", "TEXT"}, {"is_unique", true}}, inhabited);
    auto const& change = std::get<definition_change>(decision);
    CHECK(change.plan.empty());
    CHECK(change.look_for.empty());
    CHECK(change.after.fields[0].name.text() == "y");
    CHECK(change.after.fields[0].number == 1);
}

TEST_CASE("indexes follow is_unique and is_indexed", "[entities]")
{
    auto const change = [](bool unique, bool indexed, bool now_unique, bool now_indexed) {
        return plan_of(replace(of("TEXT", {{"is_unique", unique}, {"is_indexed", indexed}}),
                               of("TEXT", {{"is_unique", now_unique}, {"is_indexed", now_indexed}}), inhabited));
    };
    CHECK(change(false, false, true, false) == "unique 1");
    CHECK(change(true, false, false, false) == "drop unique 1");
    CHECK(change(false, false, false, true) == "index 1");
    CHECK(change(false, true, false, false) == "drop index 1");
    CHECK(change(false, true, true, true) == "drop index 1, unique 1");
    CHECK(change(true, true, false, true) == "drop unique 1, index 1");
    CHECK(change(true, true, true, false).empty());
}

TEST_CASE("a type changes only without records, or where every value is of the new type already", "[entities]")
{
    constexpr char const* types[] = {"TEXT", "INTEGER", "NUMBER", "DECIMAL", "BOOLEAN", "DATE", "DATETIME", "UUID", "EMAIL", "URL"};
    for (auto const* from : types)
        for (auto const* to : types) {
            INFO(from << " to " << to);
            auto const same = std::string_view(from) == to;
            auto const widening = std::string_view(to) == "TEXT" && (std::string_view(from) == "EMAIL" || std::string_view(from) == "URL");
            CHECK(plan_of(replace(of(from), of(to), inhabited)) == (same || widening ? "" : "UNSAFE_CHANGE"));
            CHECK(plan_of(replace(of(from), of(to), empty)) == (same || widening ? "" : "drop 1, add 900"));
        }
    CHECK(plan_of(replace(of("ENUM", {{"options", list{value{"a"}}}}), of("TEXT"), inhabited)) == "UNSAFE_CHANGE");
    CHECK(plan_of(replace(of("TEXT", {{"is_unique", true}}), of("INTEGER", {{"is_indexed", true}}), empty))
          == "drop unique 1, drop 1, add 900, index 900");
}

TEST_CASE("the scale of stored decimals cannot change, their precision can", "[entities]")
{
    auto const decimal = [](int precision, int scale) { return of("DECIMAL", {{"precision", precision}, {"scale", scale}}); };
    CHECK(plan_of(replace(decimal(9, 2), decimal(9, 3), inhabited)) == "UNSAFE_CHANGE");
    CHECK(plan_of(replace(decimal(9, 2), decimal(9, 3), empty)) == "drop 1, add 900");
    CHECK(scan_of(decimal(9, 2), decimal(10, 2)).empty());
    auto const look_for = scan_of(decimal(9, 2), decimal(4, 2));
    REQUIRE(ops_of(look_for) == std::vector{comparison_op::gt, comparison_op::lt});
    CHECK(look_for.forbidden[0].operands == std::vector{cell{std::int64_t{9999}}});
    CHECK(look_for.forbidden[1].operands == std::vector{cell{std::int64_t{-9999}}});
}

TEST_CASE("a narrower rule looks at stored records, a wider one does not", "[entities]")
{
    CHECK(ops_of(scan_of(of("INTEGER"), of("INTEGER", {{"is_required", true}}))) == std::vector{comparison_op::null});
    CHECK(scan_of(of("INTEGER", {{"is_required", true}}), of("INTEGER")).empty());
    CHECK(ops_of(scan_of(of("INTEGER"), of("INTEGER", {{"min", 1}}))) == std::vector{comparison_op::lt});
    CHECK(ops_of(scan_of(of("INTEGER", {{"min", 0}}), of("INTEGER", {{"min", 1}}))) == std::vector{comparison_op::lt});
    CHECK(scan_of(of("INTEGER", {{"min", 1}}), of("INTEGER", {{"min", 1}})).empty());
    CHECK(scan_of(of("INTEGER", {{"min", 1}}), of("INTEGER", {{"min", 0}})).empty());
    CHECK(ops_of(scan_of(of("DATE"), of("DATE", {{"max", "2026-01-01"}}))) == std::vector{comparison_op::gt});
    CHECK(scan_of(of("DATE", {{"max", "2026-01-01"}}), of("DATE")).empty());

    CHECK(scan_of(of("TEXT"), of("TEXT", {{"max_length", 5}})).reread == field_index{0});
    CHECK(scan_of(of("TEXT", {{"max_length", 6}}), of("TEXT", {{"max_length", 5}})).reread.has_value());
    CHECK(scan_of(of("TEXT", {{"max_length", 5}}), of("TEXT", {{"max_length", 6}})).empty());
    CHECK(scan_of(of("TEXT", {{"min_length", 5}}), of("TEXT", {{"min_length", 6}})).reread.has_value());
    CHECK(scan_of(of("TEXT"), of("TEXT", {{"pattern", "a"}})).reread.has_value());
    CHECK(scan_of(of("TEXT", {{"pattern", "a"}}), of("TEXT", {{"pattern", "b"}})).reread.has_value());
    CHECK(scan_of(of("TEXT", {{"pattern", "a"}}), of("TEXT", {{"pattern", "a"}})).empty());
    CHECK(scan_of(of("TEXT", {{"pattern", "a"}}), of("TEXT")).empty());
    CHECK(scan_of(of("EMAIL"), of("TEXT", {{"max_length", 5}})).reread.has_value());
}

TEST_CASE("without records nothing is looked at", "[entities]")
{
    auto const decision = replace(of("TEXT"), of("TEXT", {{"is_required", true}, {"max_length", 5}}), empty);
    CHECK(std::get<definition_change>(decision).look_for.empty());
}

TEST_CASE("what becomes required is filled where there is a default", "[entities]")
{
    auto const decision = replace(of("INTEGER"), of("INTEGER", {{"is_required", true}, {"default", 1}}), inhabited);
    CHECK(plan_of(decision) == "fill 1");
    CHECK(std::get<definition_change>(decision).look_for.empty());
}

TEST_CASE("options that go must be unused, 200 to a question, and labels are free", "[entities]")
{
    auto const colours = [](std::vector<char const*> values) {
        list options;
        for (auto const* each : values) options.emplace_back(each);
        return of("ENUM", {{"options", options}});
    };
    CHECK(scan_of(colours({"a"}), colours({"b", "a"})).empty());
    CHECK(scan_of(colours({"a"}), of("ENUM", {{"options", list{value{object{{"value", "a"}, {"label", "A"}}}}}})).empty());
    auto const look_for = scan_of(colours({"a", "b", "c"}), colours({"b"}));
    REQUIRE(ops_of(look_for) == std::vector{comparison_op::in});
    CHECK(look_for.forbidden[0].operands.size() == 2);

    list many;
    for (int i = 0; i < 402; ++i) many.emplace_back("o" + std::to_string(i));
    auto const three = scan_of(of("ENUM", {{"options", many}}), colours({"o0"}));
    REQUIRE(three.forbidden.size() == 3);
    CHECK(three.forbidden[1].operands.size() == 200);
    CHECK(three.forbidden[2].operands.size() == 1);
}

TEST_CASE("a field cannot take another one's name", "[entities]")
{
    auto const entity = people();
    auto renamed = entity.fields[1];
    renamed.name = entity.fields[0].name;
    CHECK(plan_of(decide_changed_field(entity, field_index{1}, renamed, fresh, inhabited, {})) == "FIELD_ALREADY_EXISTS");
    CHECK(plan_of(decide_changed_field(entity, field_index{1}, entity.fields[1], fresh, inhabited, {})).empty());
}

TEST_CASE("removing a field drops its index first", "[entities]")
{
    auto const plain = decide_removed_field(people(), field_index{1});
    CHECK(spell(plain.plan) == "drop 3");
    CHECK(plain.after.fields.size() == people().fields.size() - 1);
    CHECK(spell(decide_removed_field(with_one(field(of("TEXT", {{"is_unique", true}}), 5)), field_index{0}).plan) == "drop unique 5, drop 5");
}

TEST_CASE("an entity with records goes only where its name is repeated", "[entities]")
{
    CHECK_FALSE(decide_removed_entity(people(), empty, std::nullopt).has_value());
    CHECK(decide_removed_entity(people(), inhabited, std::nullopt) == problem::entity_not_empty);
    CHECK(decide_removed_entity(people(), inhabited, "People") == problem::entity_not_empty);
    CHECK_FALSE(decide_removed_entity(people(), inhabited, "people").has_value());
}
