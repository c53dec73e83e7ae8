#include "tests/contract/entity_samples.hpp"
#include "tests/contract/steps.hpp"
#include "tests/contract/stores.hpp"

#include <algorithm>

using namespace mb;
using namespace mb::contract;
using mb::entities::cell;
using mb::entities::column;
using mb::entities::direction;
using mb::entities::field_index;
using mb::entities::record;
using mb::entities::record_id;
using mb::entities::sort_key;
using mb::entities::system_column;

namespace {

constexpr auto up = direction::ascending;
constexpr auto down = direction::descending;

cell value_of(record const& of, column const& what)
{
    if (auto const* field = std::get_if<field_index>(&what)) return of.cells[field->at];
    if (std::get<system_column>(what) == system_column::created_at) return to_micros(of.created_at);
    return of.id.bytes;
}

/// The order that record_query promises, written down once more.
bool precedes(std::vector<sort_key> const& order, record const& left, record const& right)
{
    for (auto const& key : order) {
        auto const a = value_of(left, key.by);
        auto const b = value_of(right, key.by);
        if (shape::is_null(a) && shape::is_null(b)) continue;
        if (a == b) continue;
        bool const smaller = shape::is_null(a) || (!shape::is_null(b) && a < b);
        return smaller == (key.way == up);
    }
    bool const backwards = !order.empty() && order.front().way == down;
    return backwards ? right.id < left.id : left.id < right.id;
}

entities::page_position position_of(std::vector<sort_key> const& order, record const& last)
{
    entities::page_position made{{}, last.id};
    for (auto const& key : order) made.keys.push_back(value_of(last, key.by));
    return made;
}

std::vector<record_id> ids_of(std::vector<record> const& records)
{
    std::vector<record_id> ids;
    for (auto const& each : records) ids.push_back(each.id);
    return ids;
}

/// Walks all pages; each but the last must be full and say that there is more.
std::vector<record_id> walk(ports::store& store, entities::entity_definition const& of, entities::record_query query)
{
    std::vector<record_id> seen;
    for (int pages = 0; pages < 100; ++pages) {
        auto const held = page(store, of, query);
        for (auto const& id : ids_of(held.records)) seen.push_back(id);
        if (!held.has_more) return seen;
        REQUIRE(held.records.size() == query.limit);
        query.after = position_of(query.order, held.records.back());
    }
    FAIL("the pages never end");
    return seen;
}

entities::entity_definition const things = entity(
    100, "things", {field(101, "group", shape::kind::integer), field(102, "name", shape::kind::text), field(103, "score", shape::kind::number)});

/// Duplicates and nulls in every field.
std::vector<record> rows()
{
    char const* const names[] = {"b", "a", "", "Z", "\xc3\xb1", "ab"};
    std::vector<record> made;
    for (std::uint32_t number = 1; number <= 23; ++number) {
        cell const group = number % 4 == 0 ? cell{} : cell{std::int64_t{number % 3} - 1};
        cell const name = number % 5 == 0 ? cell{} : cell{std::string(names[number % 6])};
        cell const score = number % 3 == 0 ? cell{} : cell{static_cast<double>(number % 7) / 2 - 1};
        made.push_back(record_of(number, {group, name, score}));
    }
    return made;
}

void seed(ports::store& store)
{
    define(store, things);
    write(store, [](ports::transaction& tx) -> outcome<void> {
        for (auto const& each : rows()) MB_CHECK(tx.records().insert(things, each));
        return {};
    });
}

}  // namespace

TEST_CASE("records are sorted as asked, null smallest, text by bytes, ties by identity, on any number of pages", "[contract][records][paging]")
{
    MB_ON_EVERY_STORE(store);
    seed(store);
    column const group = field_index{0};
    column const name = field_index{1};
    column const score = field_index{2};
    std::vector<std::vector<sort_key>> const orders{
        {},
        {{group, up}},
        {{group, down}},
        {{name, up}},
        {{name, down}},
        {{score, up}},
        {{score, down}},
        {{group, up}, {name, up}},
        {{group, down}, {name, down}},
        {{group, up}, {name, down}},
        {{group, down}, {name, up}},
        {{group, up}, {score, down}, {name, up}},
        {{group, down}, {score, up}, {name, down}, {column{system_column::created_at}, up}},
        {{column{system_column::created_at}, down}},
        {{column{system_column::created_at}, up}},
        {{column{system_column::id}, down}},
        {{group, up}, {column{system_column::id}, down}},
    };
    for (std::size_t which = 0; which < orders.size(); ++which) {
        INFO("order " << which);
        auto const& order = orders[which];
        auto expected = rows();
        std::ranges::sort(expected, [&](record const& a, record const& b) { return precedes(order, a, b); });
        for (std::size_t const limit : {1u, 4u, 22u, 23u, 50u}) {
            INFO("limit " << limit);
            entities::record_query query;
            query.order = order;
            query.limit = limit;
            CHECK((walk(store, things, query) == ids_of(expected)));
        }
    }
}

TEST_CASE("pages of filtered records hold what the filter holds for", "[contract][records][paging]")
{
    MB_ON_EVERY_STORE(store);
    seed(store);
    entities::record_query query;
    query.where = {{field_index{0}, entities::comparison_op::ne, {cell{std::int64_t{0}}}},
                   {field_index{2}, entities::comparison_op::null, {cell{false}}}};
    query.order = {{field_index{1}, down}, {field_index{0}, up}};
    query.limit = 3;
    auto expected = rows();
    std::erase_if(expected, [](record const& each) { return each.cells[0] == cell{std::int64_t{0}} || shape::is_null(each.cells[2]); });
    std::ranges::sort(expected, [&](record const& a, record const& b) { return precedes(query.order, a, b); });
    REQUIRE(expected.size() > 6);
    CHECK((walk(store, things, query) == ids_of(expected)));
}

TEST_CASE("a page says whether there is more, at the limit and one below it", "[contract][records][paging]")
{
    MB_ON_EVERY_STORE(store);
    seed(store);
    entities::record_query query;
    query.limit = 23;
    CHECK_FALSE(page(store, things, query).has_more);
    CHECK(page(store, things, query).records.size() == 23);
    query.limit = 22;
    CHECK(page(store, things, query).has_more);
    CHECK(page(store, things, query).records.size() == 22);
    query.order = {{field_index{0}, down}};
    CHECK(page(store, things, query).has_more);
    query.limit = 23;
    CHECK_FALSE(page(store, things, query).has_more);
}

TEST_CASE("records that come and go between pages are neither shown twice nor hide others", "[contract][records][paging]")
{
    MB_ON_EVERY_STORE(store);
    auto const order = GENERATE(std::vector<sort_key>{{field_index{0}, up}, {field_index{1}, down}}, std::vector<sort_key>{{field_index{0}, down}},
                                std::vector<sort_key>{});
    seed(store);
    auto expected = rows();
    auto const sort = [&] { std::ranges::sort(expected, [&](record const& a, record const& b) { return precedes(order, a, b); }); };
    sort();

    entities::record_query query;
    query.order = order;
    query.limit = 5;
    auto const first = page(store, things, query);
    REQUIRE((ids_of(first.records) == ids_of({expected.begin(), expected.begin() + 5})));

    // gone: one that was shown, the last that was shown (where the next page starts), and one that was not
    auto const boundary = expected[4];
    for (auto const at : {0u, 4u, 9u})
        write(store, [&](ports::transaction& tx) -> outcome<void> {
            MB_CHECK(tx.records().remove(things, expected[at].id, std::nullopt));
            return {};
        });
    // new: one equal to the boundary in all but its identity, and one whose keys are all null
    auto const twin = record_of(40, boundary.cells);
    auto const empty = record_of(41, {{}, {}, {}});
    insert(store, things, twin);
    insert(store, things, empty);

    std::vector<record> rest(expected.begin() + 5, expected.end());
    std::erase_if(rest, [&](record const& each) { return each.id == expected[9].id; });
    for (auto const& added : {twin, empty})
        if (precedes(order, boundary, added)) rest.push_back(added);
    std::ranges::sort(rest, [&](record const& a, record const& b) { return precedes(order, a, b); });

    query.after = position_of(order, first.records.back());
    CHECK((walk(store, things, query) == ids_of(rest)));
}

TEST_CASE("an entity without records has one empty page", "[contract][records][paging]")
{
    MB_ON_EVERY_STORE(store);
    define(store, things);
    entities::record_query query;
    query.order = {{field_index{0}, down}};
    auto const held = page(store, things, query);
    CHECK(held.records.empty());
    CHECK_FALSE(held.has_more);
}

TEST_CASE("ten thousand records are written, sorted and paged", "[contract][records][paging]")
{
    MB_ON_EVERY_STORE(store);
    define(store, things);
    write(store, [](ports::transaction& tx) -> outcome<void> {
        for (std::uint32_t number = 1; number <= 10'000; ++number)
            MB_CHECK(tx.records().insert(things, record_of(number, {cell{std::int64_t{number * 7919 % 10'000}}, cell{std::string("name")}, {}})));
        return {};
    });
    entities::record_query query;
    query.order = {{field_index{0}, down}};
    auto const first = page(store, things, query);
    REQUIRE(first.records.size() == 50);
    for (std::size_t i = 0; i < 50; ++i) CHECK((first.records[i].cells[0] == cell{std::int64_t{9'999} - static_cast<std::int64_t>(i)}));
    query.order.clear();
    query.after = entities::page_position{{}, nth<record_id>(9'970)};
    auto const last = page(store, things, query);
    CHECK(last.records.size() == 30);
    CHECK_FALSE(last.has_more);
}
