#include "tests/contract/entity_samples.hpp"
#include "tests/contract/steps.hpp"
#include "tests/contract/stores.hpp"

using namespace mb;
using namespace mb::contract;
using mb::entities::entity_definition;

namespace {

void save(ports::store& store, entity_definition const& saved)
{
    write(store, [&](ports::transaction& tx) { return tx.entities().save(saved); });
}

std::optional<entity_definition> definition(ports::store& store, entities::entity_id id)
{
    return look(store, [&](ports::transaction& tx) { return tx.entities().find(id); });
}

std::vector<entity_definition> definitions(ports::store& store)
{
    return look(store, [](ports::transaction& tx) { return tx.entities().list(); });
}

entity_definition full_entity(identity::user_id by)
{
    auto full = every_type();
    full.display_name = "Todo 'junto' \"ñ\"";
    full.description = "One\ntwo";
    full.revision = 42;
    full.created_by = by;
    full.fields.insert(full.fields.begin() + 1, full_field(120, "price"));
    return full;
}

}  // namespace

TEST_CASE("a definition comes back with every column and every field as it was", "[contract][entities]")
{
    MB_ON_EVERY_STORE(store);
    write(store, [](ports::transaction& tx) { return tx.users().insert(full_user(1)); });
    auto const full = full_entity(full_user(1).id);
    auto const bare = entity(200, "bare", {});
    save(store, full);
    save(store, bare);
    check_same(definition(store, full.id).value(), full);
    check_same(definition(store, bare.id).value(), bare);
    CHECK_FALSE(definition(store, nth<entities::entity_id>(300)));
}

TEST_CASE("bounds and defaults of every type come back", "[contract][entities]")
{
    MB_ON_EVERY_STORE(store);
    auto wanted = every_type();
    auto const values = ascending_values();
    for (std::size_t i = 0; i < values.size(); ++i) {
        wanted.fields[i].min = values[i].front();
        wanted.fields[i].max = values[i].back();
        wanted.fields[i].fallback = values[i][1];
    }
    save(store, wanted);
    check_same(definition(store, wanted.id).value(), wanted);
}

TEST_CASE("saving again replaces the definition, its fields and their order", "[contract][entities]")
{
    MB_ON_EVERY_STORE(store);
    auto const first = entity(100, "things", {full_field(101, "a"), field(102, "b", shape::kind::text), field(103, "c", shape::kind::date)});
    save(store, first);
    auto changed =
        entity(100, "items", {field(103, "c", shape::kind::date), field(104, "a", shape::kind::integer), field(101, "d", shape::kind::decimal)});
    changed.revision = 2;
    save(store, changed);
    check_same(definition(store, first.id).value(), changed);
    CHECK(definitions(store).size() == 1);
}

TEST_CASE("fields may exchange their names in one save", "[contract][entities]")
{
    MB_ON_EVERY_STORE(store);
    auto wanted = entity(100, "things", {field(101, "a", shape::kind::text), field(102, "b", shape::kind::text)});
    save(store, wanted);
    std::swap(wanted.fields[0].name, wanted.fields[1].name);
    save(store, wanted);
    check_same(definition(store, wanted.id).value(), wanted);
}

TEST_CASE("definitions are listed in the order of identities", "[contract][entities]")
{
    MB_ON_EVERY_STORE(store);
    CHECK(definitions(store).empty());
    for (auto const number : {300, 100, 200}) save(store, entity(number, "e" + std::to_string(number), {field(number + 1, "x", shape::kind::text)}));
    auto const all = definitions(store);
    REQUIRE(all.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        auto const number = static_cast<std::int64_t>(100 * (i + 1));
        check_same(all[i], entity(number, "e" + std::to_string(number), {field(number + 1, "x", shape::kind::text)}));
    }
}

TEST_CASE("an entity's name belongs to one entity", "[contract][entities]")
{
    MB_ON_EVERY_STORE(store);
    save(store, entity(100, "things", {}));
    save(store, entity(200, "Things", {}));  // names are compared byte by byte
    auto const other = entity(300, "others", {field(301, "x", shape::kind::text)});

    SECTION("a taken name is refused for a new entity, which is not written")
    {
        auto taken = other;
        taken.name = identifier::restore("things");
        CHECK(failure(store.transact([&](ports::transaction& tx) { return tx.entities().save(taken); })) == errc::duplicate);
        CHECK_FALSE(definition(store, taken.id));
    }
    SECTION("a taken name is refused for a change, which is not written")
    {
        save(store, other);
        auto taken = other;
        taken.name = identifier::restore("things");
        taken.fields.clear();
        CHECK(failure(store.transact([&](ports::transaction& tx) { return tx.entities().save(taken); })) == errc::duplicate);
        check_same(definition(store, other.id).value(), other);
    }
    SECTION("a name that was given up, or whose entity is gone, can be taken")
    {
        save(store, entity(100, "renamed", {}));
        save(store, entity(300, "things", {}));
        write(store, [](ports::transaction& tx) { return tx.entities().remove(nth<entities::entity_id>(300)); });
        CHECK_FALSE(definition(store, nth<entities::entity_id>(300)));
        save(store, entity(400, "things", {}));
        CHECK(definitions(store).size() == 3);
    }
}

TEST_CASE("removing an entity takes its fields along, and removing an unknown one changes nothing", "[contract][entities]")
{
    MB_ON_EVERY_STORE(store);
    auto const wanted = every_type();
    save(store, wanted);
    write(store, [](ports::transaction& tx) { return tx.entities().remove(nth<entities::entity_id>(999)); });
    check_same(definition(store, wanted.id).value(), wanted);
    write(store, [&](ports::transaction& tx) { return tx.entities().remove(wanted.id); });
    CHECK_FALSE(definition(store, wanted.id));
    auto again = wanted;
    again.fields.resize(1);
    save(store, again);
    check_same(definition(store, wanted.id).value(), again);
}

TEST_CASE("numbers for tables and columns are never given twice", "[contract][entities]")
{
    MB_ON_EVERY_STORE(store);
    std::int64_t last = 0;
    for (int round = 0; round < 3; ++round)
        write(store, [&](ports::transaction& tx) -> outcome<void> {
            for (int i = 0; i < 3; ++i) {
                MB_TRY(auto const number, tx.entities().next_number());
                CHECK(number > last);
                last = number;
            }
            return {};
        });
}
