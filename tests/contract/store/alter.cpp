#include "tests/contract/entity_samples.hpp"
#include "tests/contract/steps.hpp"
#include "tests/contract/stores.hpp"

using namespace mb;
using namespace mb::contract;
using mb::entities::cell;
using mb::entities::entity_definition;
using mb::entities::record_id;
using state = ports::record_written::state;

namespace {

cell text(char const* value) { return cell{std::string(value)}; }
cell whole(std::int64_t value) { return cell{value}; }

/// Saves the changed definition and carries out the plan, in one transaction.
outcome<void> alter(ports::store& store, entity_definition const& changed, entities::schema_plan const& plan)
{
    return store.transact([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.entities().save(changed));
        return tx.entities().alter(changed, plan);
    });
}

std::vector<cell> cells(ports::store& store, entity_definition const& of, std::uint32_t number)
{
    return find(store, of, nth<record_id>(number)).value().cells;
}

/// Three fields and two records.
entity_definition seeded(ports::store& store)
{
    auto made =
        entity(100, "things", {field(101, "a", shape::kind::text), field(102, "b", shape::kind::integer), field(103, "c", shape::kind::text)});
    define(store, made);
    insert(store, made, record_of(1, {text("one"), whole(1), text("same")}));
    insert(store, made, record_of(2, {text("two"), {}, text("same")}));
    return made;
}

}  // namespace

TEST_CASE("a new column holds null in the records that were there, or what it is filled with", "[contract][alter]")
{
    MB_ON_EVERY_STORE(store);
    auto things = seeded(store);
    auto plain = field(104, "plain", shape::kind::date);
    auto filled = field(105, "filled", shape::kind::integer);
    filled.fallback = whole(7);
    things.fields.push_back(plain);
    things.fields.insert(things.fields.begin(), filled);  // shown first, stored last
    must(alter(store, things, {entities::add_column{plain}, entities::add_column{filled}, entities::fill_column{filled}}));

    CHECK((cells(store, things, 1) == std::vector<cell>{whole(7), text("one"), whole(1), text("same"), {}}));
    CHECK((cells(store, things, 2) == std::vector<cell>{whole(7), text("two"), {}, text("same"), {}}));
    insert(store, things, record_of(3, {whole(8), text("three"), whole(3), {}, text("2024-02-29")}));
    CHECK((cells(store, things, 3) == std::vector<cell>{whole(8), text("three"), whole(3), {}, text("2024-02-29")}));
}

TEST_CASE("filling a column leaves the values that are there", "[contract][alter]")
{
    MB_ON_EVERY_STORE(store);
    auto things = seeded(store);
    things.fields[1].fallback = whole(9);
    must(alter(store, things, {entities::fill_column{things.fields[1]}}));
    CHECK((cells(store, things, 1)[1] == whole(1)));
    CHECK((cells(store, things, 2)[1] == whole(9)));
}

TEST_CASE("dropping a column takes its values and no others", "[contract][alter]")
{
    MB_ON_EVERY_STORE(store);
    auto things = seeded(store);
    auto const dropped = things.fields[1];
    things.fields.erase(things.fields.begin() + 1);
    must(alter(store, things, {entities::drop_column{dropped}}));
    CHECK((cells(store, things, 1) == std::vector<cell>{text("one"), text("same")}));

    SECTION("and a new column of the same name starts empty")
    {
        auto const again = field(106, "b", shape::kind::integer);
        things.fields.push_back(again);
        must(alter(store, things, {entities::add_column{again}}));
        CHECK((cells(store, things, 1) == std::vector<cell>{text("one"), text("same"), {}}));
    }
}

TEST_CASE("a unique index can be built over values that don't repeat, nulls aside", "[contract][alter]")
{
    MB_ON_EVERY_STORE(store);
    auto things = seeded(store);
    insert(store, things, record_of(3, {text("three"), {}, {}}));
    things.fields[1].is_unique = true;
    must(alter(store, things, {entities::create_index{things.fields[1], true}}));
    CHECK((insert(store, things, record_of(4, {{}, whole(1), {}})).how == state::duplicate));
    CHECK((insert(store, things, record_of(4, {{}, {}, {}})).how == state::written));

    SECTION("and can be dropped again")
    {
        auto const unique = things.fields[1];
        things.fields[1].is_unique = false;
        must(alter(store, things, {entities::drop_index{unique, true}}));
        CHECK((insert(store, things, record_of(5, {{}, whole(1), {}})).how == state::written));
    }
    SECTION("and goes before its column does")
    {
        auto const unique = things.fields[1];
        things.fields.erase(things.fields.begin() + 1);
        must(alter(store, things, {entities::drop_index{unique, true}, entities::drop_column{unique}}));
        CHECK((cells(store, things, 1) == std::vector<cell>{text("one"), text("same")}));
    }
}

TEST_CASE("a unique index over values that repeat is refused, and nothing of its plan or its definition stays", "[contract][alter]")
{
    MB_ON_EVERY_STORE(store);
    auto const things = seeded(store);
    auto changed = things;
    changed.revision = 2;
    changed.fields[2].is_unique = true;
    changed.fields.push_back(field(104, "d", shape::kind::text));
    auto const refused = alter(store, changed, {entities::add_column{changed.fields[3]}, entities::create_index{changed.fields[2], true}});
    CHECK(failure(refused) == errc::duplicate);

    check_same(look(store, [&](ports::transaction& tx) { return tx.entities().find(things.id); }).value(), things);
    CHECK((cells(store, things, 1) == std::vector<cell>{text("one"), whole(1), text("same")}));
    CHECK((insert(store, things, record_of(3, {{}, {}, text("same")})).how == state::written));
    must(alter(store, changed, {entities::add_column{changed.fields[3]}}));
}

TEST_CASE("an index that only makes things faster changes no answer", "[contract][alter]")
{
    MB_ON_EVERY_STORE(store);
    auto things = seeded(store);
    must(alter(store, things, {entities::create_index{things.fields[2], false}}));
    CHECK((insert(store, things, record_of(3, {{}, {}, text("same")})).how == state::written));
    must(alter(store, things, {entities::drop_index{things.fields[2], false}, entities::drop_column{things.fields[2]}}));
    things.fields.pop_back();
    CHECK((cells(store, things, 1) == std::vector<cell>{text("one"), whole(1)}));
}

TEST_CASE("a dropped table is gone with its records, and a new one starts empty", "[contract][alter]")
{
    MB_ON_EVERY_STORE(store);
    auto const things = seeded(store);
    write(store, [&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.entities().alter(things, {entities::drop_table{}}));
        return tx.entities().remove(things.id);
    });
    CHECK_FALSE(ports::read(store, [&](ports::transaction& tx) { return tx.records().find(things, nth<record_id>(1)); }));

    auto again = entity(200, "things", {field(201, "a", shape::kind::text)});
    define(store, again);
    CHECK(page(store, again, {}).records.empty());
}

TEST_CASE("a plan that is rolled back leaves neither table nor column", "[contract][alter]")
{
    MB_ON_EVERY_STORE(store);
    auto const things = seeded(store);
    auto const other = entity(200, "others", {field(201, "a", shape::kind::text)});
    auto const rolled_back = store.transact([&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.entities().save(other));
        MB_CHECK(tx.entities().alter(other, plan_of(other)));
        MB_CHECK(tx.entities().alter(things, {entities::drop_table{}}));
        return error{errc::unavailable, "test", ""};
    });
    CHECK(failure(rolled_back) == errc::unavailable);
    CHECK((cells(store, things, 2) == std::vector<cell>{text("two"), {}, text("same")}));
    define(store, other);
    CHECK(page(store, other, {}).records.empty());
}
