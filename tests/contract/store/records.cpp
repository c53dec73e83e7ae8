#include "tests/contract/entity_samples.hpp"
#include "tests/contract/steps.hpp"
#include "tests/contract/stores.hpp"

using namespace mb;
using namespace mb::contract;
using mb::entities::cell;
using mb::entities::field_index;
using mb::entities::record_id;
using state = ports::record_written::state;

namespace {

cell text(char const* value) { return cell{std::string(value)}; }

/// Characters of four bytes, which no compression makes shorter.
std::string long_text(std::size_t characters)
{
    std::string made;
    std::uint32_t state = 1;
    for (std::size_t i = 0; i < characters; ++i) {
        state = state * 1'664'525 + 1'013'904'223;
        auto const byte = [&](int shift) { return static_cast<char>(0x80 | ((state >> shift) & 0x3f)); };
        made += {'\xf0', static_cast<char>(0x90 | ((state >> 12) & 0x2f)), byte(18), byte(26)};
    }
    return made;
}

/// Two unique fields around one that isn't.
entities::entity_definition articles()
{
    auto made = entity(100, "articles",
                       {field(101, "slug", shape::kind::text), field(102, "title", shape::kind::text), field(103, "code", shape::kind::integer)});
    made.fields[0].is_unique = true;
    made.fields[2].is_unique = true;
    return made;
}

ports::record_written update(ports::store& store, entities::entity_definition const& in, entities::record const& changed, std::int64_t expected)
{
    return write_for(store, [&](ports::transaction& tx) { return tx.records().update(in, changed, expected); });
}

ports::record_written remove(ports::store& store, entities::entity_definition const& in, record_id id, std::optional<std::int64_t> expected)
{
    return write_for(store, [&](ports::transaction& tx) { return tx.records().remove(in, id, expected); });
}

}  // namespace

TEST_CASE("a cell of every type comes back as it was, and null too", "[contract][records]")
{
    MB_ON_EVERY_STORE(store);
    auto const everything = every_type();
    define(store, everything);
    auto const values = ascending_values();
    for (std::uint32_t which = 0; which < 3; ++which) {
        std::vector<cell> cells;
        for (auto const& each : values) cells.push_back(each[which]);
        auto const wanted = record_of(which + 1, cells);
        REQUIRE((insert(store, everything, wanted).how == state::written));
        check_same(find(store, everything, wanted.id).value(), wanted);
    }
    auto const empty = record_of(9, std::vector<cell>(values.size()));
    insert(store, everything, empty);
    check_same(find(store, everything, empty.id).value(), empty);
    CHECK_FALSE(find(store, everything, nth<record_id>(77)));
}

TEST_CASE("a record comes back with its own columns as they were", "[contract][records]")
{
    MB_ON_EVERY_STORE(store);
    write(store, [](ports::transaction& tx) { return tx.users().insert(full_user(1)); });
    auto const things = articles();
    define(store, things);
    auto wanted = record_of(1, {text("a"), text("b"), cell{std::int64_t{1}}});
    wanted.created_by = full_user(1).id;
    wanted.version = std::int64_t{1} << 60;
    insert(store, things, wanted);
    check_same(find(store, things, wanted.id).value(), wanted);
}

TEST_CASE("an update writes cells, version and time where the version is the expected one", "[contract][records]")
{
    MB_ON_EVERY_STORE(store);
    auto const things = articles();
    define(store, things);
    auto const first = record_of(1, {text("a"), text("b"), {}});
    insert(store, things, first);
    auto changed = first;
    changed.cells = {text("c"), {}, cell{std::int64_t{5}}};
    changed.version = 2;
    changed.updated_at = start + 9h;

    CHECK((update(store, things, changed, 2).how == state::version_differs));
    check_same(find(store, things, first.id).value(), first);

    auto sent = changed;
    sent.created_at = start + 99h;  // who and when are settled at the creation
    sent.created_by = nth<identity::user_id>(5);
    CHECK((update(store, things, sent, 1).how == state::written));
    check_same(find(store, things, first.id).value(), changed);

    auto unknown = changed;
    unknown.id = nth<record_id>(2);
    unknown.cells = {{}, {}, {}};
    CHECK((update(store, things, unknown, 1).how == state::gone));
    CHECK_FALSE(find(store, things, unknown.id));
}

TEST_CASE("a record is removed at the expected version, or at any where none is expected", "[contract][records]")
{
    MB_ON_EVERY_STORE(store);
    auto const things = articles();
    define(store, things);
    insert(store, things, record_of(1, {{}, {}, {}}));
    insert(store, things, record_of(2, {{}, {}, {}}));
    CHECK((remove(store, things, nth<record_id>(1), 2).how == state::version_differs));
    CHECK(find(store, things, nth<record_id>(1)));
    CHECK((remove(store, things, nth<record_id>(1), 1).how == state::written));
    CHECK_FALSE(find(store, things, nth<record_id>(1)));
    CHECK((remove(store, things, nth<record_id>(1), 1).how == state::gone));
    CHECK((remove(store, things, nth<record_id>(2), std::nullopt).how == state::written));
    CHECK((remove(store, things, nth<record_id>(2), std::nullopt).how == state::gone));
}

TEST_CASE("a text as long as an indexed one may be is found again by its index", "[contract][records]")
{
    MB_ON_EVERY_STORE(store);
    auto things = articles();
    things.fields[1].is_indexed = true;
    define(store, things);
    auto const longest = cell{long_text(600)};
    insert(store, things, record_of(1, {longest, longest, {}}));
    CHECK((insert(store, things, record_of(2, {longest, {}, {}})).field == field_index{0}));
    check_same(find(store, things, nth<record_id>(1)).value(), record_of(1, {longest, longest, {}}));
}

TEST_CASE("a unique field refuses a value that another record has, and is named", "[contract][records]")
{
    MB_ON_EVERY_STORE(store);
    auto const things = articles();
    define(store, things);
    insert(store, things, record_of(1, {text("one"), text("t"), cell{std::int64_t{1}}}));
    insert(store, things, record_of(2, {text("two"), text("t"), cell{std::int64_t{2}}}));

    SECTION("at an insertion, which writes nothing")
    {
        auto const refused = insert(store, things, record_of(3, {text("three"), {}, cell{std::int64_t{1}}}));
        CHECK((refused.how == state::duplicate));
        CHECK((refused.field == field_index{2}));
        CHECK_FALSE(find(store, things, nth<record_id>(3)));
        auto const first_field = insert(store, things, record_of(3, {text("one"), {}, {}}));
        CHECK((first_field.field == field_index{0}));
    }
    SECTION("at an update, which writes nothing")
    {
        auto changed = record_of(2, {text("one"), text("changed"), {}});
        changed.version = 2;
        auto const refused = update(store, things, changed, 1);
        CHECK((refused.how == state::duplicate));
        CHECK((refused.field == field_index{0}));
        check_same(find(store, things, changed.id).value(), record_of(2, {text("two"), text("t"), cell{std::int64_t{2}}}));
    }
    SECTION("not where it is its own")
    {
        auto changed = record_of(2, {text("two"), text("changed"), cell{std::int64_t{2}}});
        changed.version = 2;
        CHECK((update(store, things, changed, 1).how == state::written));
    }
    SECTION("not where both have none, and text that differs in case differs")
    {
        CHECK((insert(store, things, record_of(3, {{}, {}, {}})).how == state::written));
        CHECK((insert(store, things, record_of(4, {{}, {}, {}})).how == state::written));
        CHECK((insert(store, things, record_of(5, {text("ONE"), {}, {}})).how == state::written));
        CHECK((insert(store, things, record_of(6, {text("one "), {}, {}})).how == state::written));
    }
    SECTION("not after it was removed or changed")
    {
        remove(store, things, nth<record_id>(1), std::nullopt);
        CHECK((insert(store, things, record_of(3, {text("one"), {}, cell{std::int64_t{1}}})).how == state::written));
        auto changed = record_of(2, {text("2"), {}, {}});
        changed.version = 2;
        update(store, things, changed, 1);
        CHECK((insert(store, things, record_of(4, {text("two"), {}, cell{std::int64_t{2}}})).how == state::written));
    }
    SECTION("and the rest of the transaction is committed all the same, for that is an answer and no failure")
    {
        write(store, [&](ports::transaction& tx) -> outcome<void> {
            MB_TRY(auto const refused, tx.records().insert(things, record_of(3, {text("one"), {}, {}})));
            CHECK((refused.how == state::duplicate));
            MB_CHECK(tx.records().insert(things, record_of(4, {text("four"), {}, {}})));
            return {};
        });
        CHECK_FALSE(find(store, things, nth<record_id>(3)));
        CHECK(find(store, things, nth<record_id>(4)));
    }
}

TEST_CASE("records of one entity are not those of another", "[contract][records]")
{
    MB_ON_EVERY_STORE(store);
    auto const things = entity(100, "things", {field(101, "x", shape::kind::text)});
    auto const others = entity(200, "others", {field(201, "x", shape::kind::text)});
    define(store, things);
    define(store, others);
    insert(store, things, record_of(1, {text("a")}));
    CHECK_FALSE(find(store, others, nth<record_id>(1)));
    insert(store, others, record_of(1, {text("b")}));
    remove(store, others, nth<record_id>(1), std::nullopt);
    CHECK(find(store, things, nth<record_id>(1)));
}

TEST_CASE("a count stops at its cap", "[contract][records]")
{
    MB_ON_EVERY_STORE(store);
    auto const things = entity(100, "things", {field(101, "x", shape::kind::integer)});
    define(store, things);
    for (std::uint32_t number = 1; number <= 5; ++number) insert(store, things, record_of(number, {cell{std::int64_t{number % 2}}}));
    auto const count = [&](std::vector<entities::comparison> const& where, std::size_t cap) {
        return look(store, [&](ports::transaction& tx) { return tx.records().count(things, where, cap); });
    };
    entities::comparison const odd{field_index{0}, entities::comparison_op::eq, {cell{std::int64_t{1}}}};
    CHECK(count({}, 10) == 5);
    CHECK(count({}, 5) == 5);
    CHECK(count({}, 4) == 4);
    CHECK(count({}, 0) == 0);
    CHECK(count({odd}, 4) == 3);
    CHECK(count({odd}, 3) == 3);
    CHECK(count({odd}, 2) == 2);
    CHECK(count({odd}, 0) == 0);
}
