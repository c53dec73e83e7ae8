#include "adapters/sql/record_statements.hpp"
#include "adapters/sqlite/connection.hpp"
#include "tests/adapters/sqlite/support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

using namespace mb;
using namespace mb::sqlite::testing;
using mb::entities::cell;
using mb::entities::column;
using mb::entities::comparison;
using mb::entities::comparison_op;
using mb::entities::direction;
using mb::entities::entity_definition;
using mb::entities::field_index;
using mb::entities::record;
using mb::entities::record_query;
using mb::entities::sort_key;
using mb::entities::system_column;
using written = ports::record_written::state;

namespace {

cell value_of(record const& each, column const& what)
{
    if (auto const* field = std::get_if<field_index>(&what)) return each.cells[field->at];
    switch (std::get<system_column>(what)) {
        case system_column::id: return each.id.bytes;
        case system_column::created_at: return to_micros(each.created_at);
        case system_column::updated_at: return to_micros(each.updated_at);
        case system_column::created_by: return each.created_by ? cell{each.created_by->bytes} : cell{};
        case system_column::version: return each.version;
    }
    return {};
}

/// -1, 0 or 1; NULL is smallest.
int compare(cell const& left, cell const& right)
{
    if (shape::is_null(left) || shape::is_null(right)) return static_cast<int>(!shape::is_null(left)) - static_cast<int>(!shape::is_null(right));
    return left < right ? -1 : right < left ? 1 : 0;
}

/// The order that the port promises, written down a second time.
bool precedes(record const& left, record const& right, std::vector<sort_key> const& order)
{
    for (auto const& key : order)
        if (int const sign = compare(value_of(left, key.by), value_of(right, key.by)); sign != 0)
            return (sign < 0) == (key.way == direction::ascending);
    bool const ascending = order.empty() || order.front().way == direction::ascending;
    return ascending ? left.id < right.id : right.id < left.id;
}

outcome<mb::entities::record_page> page(ports::store& from, entity_definition const& entity, record_query const& query)
{
    return ports::read(from, [&](ports::transaction& tx) { return tx.records().page(entity, query); });
}

/// Every identity that paging through all of it shows, in that order.
std::vector<mb::entities::record_id> walk(ports::store& from, entity_definition const& entity, record_query query)
{
    std::vector<mb::entities::record_id> seen;
    for (;;) {
        auto const shown = page(from, entity, query);
        INFO((shown ? "" : shown.error().detail));
        REQUIRE(shown);
        REQUIRE(shown->records.size() <= query.limit);
        for (auto const& each : shown->records) seen.push_back(each.id);
        if (!shown->has_more) return seen;
        REQUIRE(shown->records.size() == query.limit);
        auto const& last = shown->records.back();
        mb::entities::page_position after{{}, last.id};
        for (auto const& key : query.order) after.keys.push_back(value_of(last, key.by));
        query.after = std::move(after);
    }
}

ports::record_written put(ports::store& into, entity_definition const& entity, record const& each)
{
    auto const done = ports::transact(into, [&](ports::transaction& tx) { return tx.records().insert(entity, each); });
    INFO((done ? "" : done.error().detail));
    REQUIRE(done);
    return *done;
}

/// Few different values, so that they repeat, and a fifth of them NULL.
std::vector<record> scattered(std::size_t total, std::mt19937& dice)
{
    auto const maybe = [&](auto made) -> cell { return dice() % 5 == 0 ? cell{} : cell{made}; };
    std::vector<record> made;
    for (std::size_t i = 0; i < total; ++i) {
        auto each = sample_record(dice(), {maybe(std::string(1, static_cast<char>('a' + dice() % 4))), maybe(static_cast<std::int64_t>(dice() % 3)),
                                           maybe(static_cast<double>(dice() % 4) / 2), maybe(dice() % 2 == 0)});
        each.created_at = start + std::chrono::microseconds{dice() % 6};
        if (dice() % 3 != 0) each.created_by = numbered<identity::user_id>(dice() % 3);
        made.push_back(std::move(each));
    }
    return made;
}

}  // namespace

TEST_CASE("paging shows each record once and in order, whatever repeats or is NULL, in every order and direction")
{
    folder const here;
    auto store = fresh_store(here.file("db"));
    auto entity = sample_entity({shape::kind::text, shape::kind::integer, shape::kind::number, shape::kind::boolean});
    create_entity(*store, entity, {0, 1});
    std::mt19937 dice{7};
    auto stored = scattered(120, dice);
    REQUIRE(store->transact([&](ports::transaction& tx) -> outcome<void> {
        for (auto const& each : stored) MB_CHECK(tx.records().insert(entity, each));
        return {};
    }));

    std::vector<column> const sortable{
        field_index{0},         field_index{1},   field_index{2}, field_index{3}, system_column::created_at, system_column::created_by,
        system_column::version, system_column::id};
    std::vector<std::vector<sort_key>> orders{{}};
    for (auto const& by : sortable)
        for (auto const way : {direction::ascending, direction::descending}) orders.push_back({{by, way}});
    for (int i = 0; i < 120; ++i) {
        std::vector<sort_key> order;
        for (std::size_t keys = 2 + dice() % 3; order.size() < keys;)
            order.push_back({sortable[dice() % sortable.size()], dice() % 2 == 0 ? direction::ascending : direction::descending});
        orders.push_back(std::move(order));
    }
    for (auto const& order : orders) {
        auto expected = stored;
        std::ranges::sort(expected, [&](record const& left, record const& right) { return precedes(left, right, order); });
        record_query query;
        query.order = order;
        for (std::size_t const limit : {1U, 7U, 119U, 120U, 121U}) {
            if (limit == 1 && order.size() > 1) continue;  // 120 pages: for the short orders only
            query.limit = limit;
            auto const seen = walk(*store, entity, query);
            REQUIRE(seen.size() == expected.size());
            for (std::size_t i = 0; i < seen.size(); ++i) REQUIRE(seen[i] == expected[i].id);
        }
    }
}

TEST_CASE("a page goes on where the last one ended although records come and go between them")
{
    folder const here;
    auto store = fresh_store(here.file("db"));
    auto entity = sample_entity({shape::kind::integer});
    create_entity(*store, entity, {0});
    for (std::uint64_t i = 10; i < 20; ++i) put(*store, entity, sample_record(i, {static_cast<std::int64_t>(i / 2)}));

    record_query query;
    query.order = {{field_index{0}, direction::ascending}};
    query.limit = 4;
    auto const first = page(*store, entity, query);
    REQUIRE(first);
    auto const& last = first->records.back();
    CHECK(last.id == numbered<mb::entities::record_id>(13));
    put(*store, entity, sample_record(1, {std::int64_t{5}}));               // before the position: not shown
    put(*store, entity, sample_record(30, {std::int64_t{6}}));              // after it: shown
    REQUIRE(store->transact([&](ports::transaction& tx) -> outcome<void> {  // the position itself may go
        MB_CHECK(tx.records().remove(entity, last.id, std::nullopt));
        return {};
    }));
    query.after = mb::entities::page_position{{last.cells[0]}, last.id};
    auto const second = page(*store, entity, query);
    REQUIRE(second);
    CHECK(second->records.front().id == numbered<mb::entities::record_id>(30));
    CHECK(second->records.size() == 4);
}

TEST_CASE("filters hold for the rows that the port says, NULL rows too")
{
    folder const here;
    auto store = fresh_store(here.file("db"));
    auto entity = sample_entity({shape::kind::integer});
    create_entity(*store, entity);
    for (std::uint64_t i = 1; i <= 5; ++i) put(*store, entity, sample_record(i, {static_cast<std::int64_t>(i)}));
    put(*store, entity, sample_record(6, {cell{}}));

    auto const shown = [&](comparison_op op, std::vector<cell> operands) {
        record_query query;
        query.where = {{field_index{0}, op, std::move(operands)}};
        auto const found = page(*store, entity, query);
        REQUIRE(found);
        auto const counted = ports::read(*store, [&](ports::transaction& tx) { return tx.records().count(entity, query.where, 100); });
        REQUIRE(counted);
        CHECK(*counted == found->records.size());
        std::string ids;
        for (auto const& each : found->records) ids += std::to_string(each.id.bytes[15]);
        return ids;
    };
    std::int64_t const two = 2;
    std::int64_t const four = 4;
    CHECK(shown(comparison_op::eq, {two}) == "2");
    CHECK(shown(comparison_op::ne, {two}) == "13456");
    CHECK(shown(comparison_op::lt, {two}) == "1");
    CHECK(shown(comparison_op::lte, {two}) == "12");
    CHECK(shown(comparison_op::gt, {four}) == "5");
    CHECK(shown(comparison_op::gte, {four}) == "45");
    CHECK(shown(comparison_op::between, {two, four}) == "234");
    CHECK(shown(comparison_op::in, {two, four}) == "24");
    CHECK(shown(comparison_op::in, {}).empty());
    CHECK(shown(comparison_op::nin, {two, four}) == "1356");
    CHECK(shown(comparison_op::nin, {}) == "123456");
    CHECK(shown(comparison_op::null, {true}) == "6");
    CHECK(shown(comparison_op::null, {false}) == "12345");

    SECTION("many conditions at once are no burden for the parser")
    {
        record_query query;
        for (std::int64_t i = 0; i < 60; ++i) query.where.push_back({field_index{0}, comparison_op::ne, {i % 2 == 0 ? two : four}});
        auto const found = page(*store, entity, query);
        REQUIRE(found);
        CHECK(found->records.size() == 4);
    }
    SECTION("what is not well formed is refused, and never reaches the database")
    {
        for (comparison const& each :
             {comparison{field_index{1}, comparison_op::eq, {two}}, comparison{field_index{0}, comparison_op::eq, {}},
              comparison{field_index{0}, comparison_op::between, {two}}, comparison{field_index{0}, comparison_op::null, {two}}}) {
            record_query query;
            query.where = {each};
            auto const refused = page(*store, entity, query);
            REQUIRE_FALSE(refused);
            CHECK(refused.error().code == errc::unexpected);
        }
        record_query query;
        query.order = {{field_index{0}, direction::ascending}};
        query.after = mb::entities::page_position{};
        CHECK_FALSE(page(*store, entity, query));
    }
}

TEST_CASE("a count stops at its cap")
{
    folder const here;
    auto store = fresh_store(here.file("db"));
    auto entity = sample_entity({});
    create_entity(*store, entity);
    for (std::uint64_t i = 0; i < 5; ++i) put(*store, entity, sample_record(i, {}));
    for (std::size_t const cap : {0U, 4U, 5U, 6U}) {
        auto const counted = ports::read(*store, [&](ports::transaction& tx) { return tx.records().count(entity, {}, cap); });
        REQUIRE(counted);
        CHECK(*counted == std::min<std::size_t>(cap, 5));
    }
}

TEST_CASE("each kind of cell comes back as it was stored")
{
    folder const here;
    auto store = fresh_store(here.file("db"));
    auto entity =
        sample_entity({shape::kind::text, shape::kind::integer, shape::kind::number, shape::kind::decimal, shape::kind::boolean, shape::kind::date,
                       shape::kind::date_time, shape::kind::enumeration, shape::kind::uuid, shape::kind::email, shape::kind::url});
    create_entity(*store, entity);
    auto full = sample_record(
        1, {std::string("ñ \0 x", 6), std::int64_t{1} << 62, 0.1, std::int64_t{-12345}, true, std::string("2026-01-24"), std::int64_t{-1},
            std::int64_t{3}, numbered<mb::entities::record_id>(9).bytes, std::string("a@b.c"), std::string("https://example.org/")});
    full.created_by = numbered<identity::user_id>(4);
    auto const empty = sample_record(2, std::vector<cell>(entity.fields.size()));
    put(*store, entity, full);
    put(*store, entity, empty);
    for (auto const& expected : {full, empty}) {
        auto const found = ports::read(*store, [&](ports::transaction& tx) { return tx.records().find(entity, expected.id); });
        REQUIRE(found);
        REQUIRE(*found);
        CHECK((*found)->cells == expected.cells);
        CHECK((*found)->created_by == expected.created_by);
        CHECK((*found)->created_at == expected.created_at);
    }
}

TEST_CASE("a unique field refuses a second value, says which field it was, and nothing is written")
{
    folder const here;
    auto store = fresh_store(here.file("db"));
    auto entity = sample_entity({shape::kind::text, shape::kind::integer});
    create_entity(*store, entity, {0}, {1});
    put(*store, entity, sample_record(1, {std::string("x"), std::int64_t{1}}));
    put(*store, entity, sample_record(2, {std::string("x"), std::int64_t{2}}));
    put(*store, entity, sample_record(3, {std::string("x"), cell{}}));
    put(*store, entity, sample_record(4, {std::string("x"), cell{}}));

    auto const again = put(*store, entity, sample_record(5, {std::string("y"), std::int64_t{2}}));
    CHECK(again.how == written::duplicate);
    CHECK(again.field == field_index{1});
    auto changed = sample_record(1, {std::string("y"), std::int64_t{2}});
    changed.version = 2;
    auto const updated = ports::transact(*store, [&](ports::transaction& tx) { return tx.records().update(entity, changed, 1); });
    REQUIRE(updated);
    CHECK(updated->how == written::duplicate);
    CHECK(updated->field == field_index{1});
    auto const counted = ports::read(*store, [&](ports::transaction& tx) { return tx.records().count(entity, {}, 100); });
    REQUIRE(counted);
    CHECK(*counted == 4);
    auto const kept = ports::read(*store, [&](ports::transaction& tx) { return tx.records().find(entity, changed.id); });
    REQUIRE(kept);
    CHECK((*kept)->version == 1);
}

TEST_CASE("an id that is there already is a failure, not a refusal of a field")
{
    folder const here;
    auto store = fresh_store(here.file("db"));
    auto entity = sample_entity({});
    create_entity(*store, entity);
    put(*store, entity, sample_record(1, {}));
    auto const again = ports::transact(*store, [&](ports::transaction& tx) { return tx.records().insert(entity, sample_record(1, {})); });
    REQUIRE_FALSE(again);
    CHECK(again.error().code == errc::duplicate);
}

TEST_CASE("pages in the order of an indexed field, near or far, read a range of its index and sort nothing")
{
    folder const here;
    auto store = fresh_store(here.file("db"));
    auto entity = sample_entity({shape::kind::text, shape::kind::integer});
    create_entity(*store, entity, {0});
    sqlite::dialect const with;
    sql::record_statements_cache cache{with};
    sqlite::options how;
    how.path = here.file("db");
    auto on = sqlite::connection::open(how, sqlite::access::reading, seals());
    REQUIRE(on);
    auto const plan_of = [&](record_query const& query) {
        std::string plan;
        auto statements = sql::page_statements(cache.of(entity), entity, query);
        REQUIRE(statements);
        for (auto& each : *statements) {
            each.words(" LIMIT ").bind(51);
            std::vector<sql::parameter> values;
            while (each.text().find('$' + std::to_string(values.size() + 1)) != std::string::npos) values.emplace_back(std::int64_t{0});
            REQUIRE((*on)->session().run("EXPLAIN QUERY PLAN " + each.text(), values, [&](sql::row const& line) -> outcome<void> {
                plan += std::string(line.text(3)) + '\n';
                return {};
            }));
        }
        return plan;
    };
    for (auto const way : {direction::ascending, direction::descending}) {
        for (column const& by : {column{field_index{0}}, column{system_column::created_at}, column{system_column::id}}) {
            record_query query;
            query.order = {{by, way}};
            auto plan = plan_of(query);
            INFO(plan);
            CHECK(plan.find("INDEX") != std::string::npos);
            CHECK(plan.find("TEMP B-TREE") == std::string::npos);
            for (cell const& value : {cell{std::string("m")}, cell{}}) {
                if (shape::is_null(value) && std::holds_alternative<system_column>(by)) continue;  // they are never NULL
                query.after = mb::entities::page_position{{value}, numbered<mb::entities::record_id>(1)};
                plan = plan_of(query);
                INFO(plan);
                CHECK(plan.find("SCAN") == std::string::npos);
                CHECK(plan.find("TEMP B-TREE") == std::string::npos);
            }
        }
    }
}

TEST_CASE("altering a table while others read it")
{
    folder const here;
    auto store = fresh_store(here.file("db"), {.readers = 1});
    auto entity = sample_entity({shape::kind::text, shape::kind::integer});
    create_entity(*store, entity, {}, {1});
    put(*store, entity, sample_record(1, {std::string("x"), std::int64_t{1}}));
    auto const find = [&](entity_definition const& as) {
        return ports::read(*store, [&](ports::transaction& tx) { return tx.records().find(as, numbered<mb::entities::record_id>(1)); });
    };
    auto const alter = [&](entity_definition const& to, mb::entities::schema_plan const& plan) {
        return store->transact([&](ports::transaction& tx) -> outcome<void> {
            MB_CHECK(tx.entities().save(to));
            return tx.entities().alter(to, plan);
        });
    };
    REQUIRE(find(entity));

    SECTION("a new column is seen by who knows it, filled where it has a default, and does not disturb who does not")
    {
        auto wider = entity;
        auto field = sample_entity({shape::kind::text, shape::kind::text, shape::kind::text}).fields[2];
        field.fallback = std::string("fallback");
        wider.fields.push_back(field);
        REQUIRE(alter(wider, {mb::entities::add_column{field}, mb::entities::fill_column{field}, mb::entities::create_index{field, false}}));
        auto const seen = find(wider);
        REQUIRE(seen);
        CHECK((*seen)->cells.back() == cell{std::string("fallback")});
        CHECK(find(entity));
        CHECK(ask(here.file("db"), "SELECT step FROM ddl_journal ORDER BY entry DESC LIMIT 1") == std::vector<std::string>{"3"});
    }
    SECTION("a dropped column makes an old definition a conflict, and the current one works")
    {
        auto narrower = entity;
        auto const dropped = narrower.fields.back();
        narrower.fields.pop_back();
        REQUIRE(alter(narrower, {mb::entities::drop_index{dropped, true}, mb::entities::drop_column{dropped}}));
        auto const stale = find(entity);
        REQUIRE_FALSE(stale);
        CHECK(stale.error().code == errc::conflict);
        auto const stale_write = ports::transact(*store, [&](ports::transaction& tx) {
            return tx.records().insert(entity, sample_record(2, {std::string("y"), std::int64_t{2}}));
        });
        REQUIRE_FALSE(stale_write);
        CHECK(stale_write.error().code == errc::conflict);
        auto const seen = find(narrower);
        REQUIRE(seen);
        CHECK((*seen)->cells == std::vector<cell>{std::string("x")});
    }
    SECTION("a unique index over values that repeat is refused, and the plan leaves nothing behind")
    {
        put(*store, entity, sample_record(2, {std::string("x"), std::int64_t{2}}));
        auto changed = entity;
        changed.display_name = "changed";
        changed.fields[0].is_unique = true;
        auto field = sample_entity({shape::kind::text, shape::kind::text, shape::kind::text}).fields[2];
        auto const refused = alter(changed, {mb::entities::add_column{field}, mb::entities::create_index{changed.fields[0], true}});
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == errc::duplicate);
        auto const listed = ports::read(*store, [](ports::transaction& tx) { return tx.entities().list(); });
        REQUIRE(listed);
        CHECK(listed->front().display_name.empty());
        CHECK(ask(here.file("db"), "SELECT count(*) FROM pragma_table_info('mb_data_e_1') WHERE name = 'f_3'") == std::vector<std::string>{"0"});
        CHECK(find(entity));
    }
    SECTION("a dropped table takes its indexes with it, and makes an old definition a conflict")
    {
        REQUIRE(store->transact([&](ports::transaction& tx) -> outcome<void> {
            MB_CHECK(tx.entities().alter(entity, {mb::entities::drop_table{}}));
            return tx.entities().remove(entity.id);
        }));
        CHECK(find(entity).error().code == errc::conflict);
        CHECK(ask(here.file("db"), "SELECT name FROM sqlite_schema WHERE name LIKE 'mb_data_e_1%'").empty());
        CHECK(ask(here.file("db"), "SELECT count(*) FROM mb_meta_fields") == std::vector<std::string>{"0"});
    }
}
