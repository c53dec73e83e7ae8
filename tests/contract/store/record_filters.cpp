#include "tests/contract/entity_samples.hpp"
#include "tests/contract/steps.hpp"
#include "tests/contract/stores.hpp"

using namespace mb;
using namespace mb::contract;
using mb::entities::cell;
using mb::entities::column;
using mb::entities::comparison;
using mb::entities::comparison_op;
using mb::entities::field_index;
using mb::entities::system_column;

namespace {

using numbers = std::vector<std::uint32_t>;

/// Which of the records 1 to 9 all comparisons hold for.
numbers found(ports::store& store, entities::entity_definition const& in, std::vector<comparison> where)
{
    entities::record_query query;
    query.where = std::move(where);
    auto const held = page(store, in, query);
    auto const counted = look(store, [&](ports::transaction& tx) { return tx.records().count(in, query.where, 1'000); });
    CHECK(counted == held.records.size());
    numbers which;
    for (auto const& each : held.records)
        for (std::uint32_t number = 1; number <= 9; ++number)
            if (each.id == nth<entities::record_id>(number)) which.push_back(number);
    return which;
}

}  // namespace

TEST_CASE("every operator holds for what it says, on every type, and null equals nothing and differs from all", "[contract][records][filters]")
{
    MB_ON_EVERY_STORE(store);
    auto const everything = every_type();
    define(store, everything);
    auto const values = ascending_values();
    // rows 1 and 5: null; 2: the lowest; 3: the middle; 4: the highest value of each type
    for (std::uint32_t number = 1; number <= 5; ++number) {
        std::vector<cell> cells;
        for (auto const& each : values) cells.push_back(number == 1 || number == 5 ? cell{} : each[number - 2]);
        insert(store, everything, record_of(number, cells));
    }

    using enum comparison_op;
    for (std::size_t i = 0; i < values.size(); ++i) {
        INFO("field " << everything.fields[i].name.text());
        auto const& low = values[i][0];
        auto const& middle = values[i][1];
        auto const& high = values[i][2];
        bool const two_valued = middle == high;  // BOOLEAN: the middle is the highest
        auto const where = [&](comparison_op op, std::vector<cell> operands) {
            return found(store, everything, {{field_index{i}, op, std::move(operands)}});
        };

        CHECK(where(eq, {low}) == numbers{2});
        CHECK(where(eq, {middle}) == (two_valued ? numbers{3, 4} : numbers{3}));
        CHECK(where(ne, {low}) == numbers{1, 3, 4, 5});
        CHECK(where(lt, {low}).empty());
        CHECK(where(lt, {middle}) == numbers{2});
        CHECK(where(lte, {middle}) == (two_valued ? numbers{2, 3, 4} : numbers{2, 3}));
        CHECK(where(gt, {low}) == numbers{3, 4});
        CHECK(where(gt, {high}).empty());
        CHECK(where(gte, {low}) == numbers{2, 3, 4});
        CHECK(where(gte, {high}) == (two_valued ? numbers{3, 4} : numbers{4}));
        CHECK(where(in, {low, high}) == (two_valued ? numbers{2, 3, 4} : numbers{2, 4}));
        CHECK(where(in, {low}) == numbers{2});
        CHECK(where(in, {}).empty());
        CHECK(where(nin, {low}) == numbers{1, 3, 4, 5});
        CHECK(where(nin, {low, middle, high}) == numbers{1, 5});
        CHECK(where(nin, {}) == numbers{1, 2, 3, 4, 5});
        CHECK(where(between, {low, high}) == numbers{2, 3, 4});
        CHECK(where(between, {middle, middle}) == (two_valued ? numbers{3, 4} : numbers{3}));
        CHECK(where(between, {high, low}).empty());
        CHECK(where(null, {cell{true}}) == numbers{1, 5});
        CHECK(where(null, {cell{false}}) == numbers{2, 3, 4});
    }
}

TEST_CASE("all comparisons have to hold", "[contract][records][filters]")
{
    MB_ON_EVERY_STORE(store);
    auto const things = entity(100, "things", {field(101, "a", shape::kind::integer), field(102, "b", shape::kind::text)});
    define(store, things);
    for (std::uint32_t number = 1; number <= 6; ++number)
        insert(store, things, record_of(number, {cell{std::int64_t{number}}, number % 2 == 0 ? cell{std::string("even")} : cell{}}));
    comparison const above{field_index{0}, comparison_op::gt, {cell{std::int64_t{2}}}};
    comparison const below{field_index{0}, comparison_op::lte, {cell{std::int64_t{5}}}};
    comparison const even{field_index{1}, comparison_op::eq, {cell{std::string("even")}}};
    comparison const not_even{field_index{1}, comparison_op::ne, {cell{std::string("even")}}};
    CHECK(found(store, things, {above, below}) == numbers{3, 4, 5});
    CHECK(found(store, things, {above, even}) == numbers{4, 6});
    CHECK(found(store, things, {above, below, not_even}) == numbers{3, 5});
    CHECK(found(store, things, {even, not_even}).empty());
}

TEST_CASE("a list of 200 values is taken", "[contract][records][filters]")
{
    MB_ON_EVERY_STORE(store);
    auto const things = entity(100, "things", {field(101, "a", shape::kind::integer)});
    define(store, things);
    for (std::uint32_t number = 1; number <= 3; ++number) insert(store, things, record_of(number, {cell{std::int64_t{number * 100}}}));
    std::vector<cell> list;
    for (std::int64_t value = 1; value <= 200; ++value) list.emplace_back(value);
    CHECK(found(store, things, {{field_index{0}, comparison_op::in, list}}) == numbers{1, 2});
    CHECK(found(store, things, {{field_index{0}, comparison_op::nin, list}}) == numbers{3});
}

TEST_CASE("text is compared as it is, whatever it holds", "[contract][records][filters]")
{
    MB_ON_EVERY_STORE(store);
    auto const things = entity(100, "things", {field(101, "a", shape::kind::text)});
    define(store, things);
    char const* const texts[] = {"a", "A", "a ", "'; DROP TABLE e_100; --", "%", "1", "01", "\xc3\xa1"};
    for (std::uint32_t number = 1; number <= 8; ++number) insert(store, things, record_of(number, {cell{std::string(texts[number - 1])}}));
    for (std::uint32_t number = 1; number <= 8; ++number) {
        INFO(texts[number - 1]);
        CHECK(found(store, things, {{field_index{0}, comparison_op::eq, {cell{std::string(texts[number - 1])}}}}) == numbers{number});
    }
}

TEST_CASE("the columns that every record has can be compared too", "[contract][records][filters]")
{
    MB_ON_EVERY_STORE(store);
    write(store, [](ports::transaction& tx) { return tx.users().insert(full_user(1)); });
    auto const things = entity(100, "things", {});
    define(store, things);
    for (std::uint32_t number = 1; number <= 4; ++number) {
        auto each = record_of(number, {});
        each.version = number;
        if (number == 2) each.created_by = full_user(1).id;
        insert(store, things, each);
    }
    auto const where = [&](system_column what, comparison_op op, std::vector<cell> operands) {
        return found(store, things, {{column{what}, op, std::move(operands)}});
    };
    auto const at = [](std::uint32_t number) { return cell{to_micros(start + std::chrono::seconds{number})}; };
    using enum comparison_op;
    CHECK(where(system_column::id, eq, {cell{nth<entities::record_id>(3).bytes}}) == numbers{3});
    CHECK(where(system_column::id, gt, {cell{nth<entities::record_id>(2).bytes}}) == numbers{3, 4});
    CHECK(where(system_column::created_at, gte, {at(3)}) == numbers{3, 4});
    CHECK(where(system_column::created_at, between, {at(2), at(3)}) == numbers{2, 3});
    CHECK(where(system_column::updated_at, gt, {at(4)}) == numbers{4});
    CHECK(where(system_column::updated_at, eq, {at(4)}).empty());
    CHECK(where(system_column::created_by, eq, {cell{full_user(1).id.bytes}}) == numbers{2});
    CHECK(where(system_column::created_by, ne, {cell{full_user(1).id.bytes}}) == numbers{1, 3, 4});
    CHECK(where(system_column::created_by, null, {cell{true}}) == numbers{1, 3, 4});
    CHECK(where(system_column::version, in, {cell{std::int64_t{1}}, cell{std::int64_t{4}}}) == numbers{1, 4});
}
