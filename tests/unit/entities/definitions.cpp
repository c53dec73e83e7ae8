#include "tests/unit/entities/workshop.hpp"

using namespace mb;
using namespace mb::usecases;
using namespace mb::usecases::sample;

namespace {

/// Changes the one field of `things` and says how that ended.
std::optional<problem> change_field(workshop& here, object members)
{
    value const body{std::move(members)};
    return why(here.run<update_field>(here.admin(), "things", "x", std::nullopt, body));
}

/// A field `x` of `things`, and one record for each value.
void fill(workshop& here, object field, std::vector<value> const& values)
{
    here.make_entity();
    here.make_field(std::move(field));
    for (auto const& each : values) here.make_record({{"x", each}});
}

}  // namespace

TEST_CASE("a defined entity can be found, and is in the audit log", "[entities]")
{
    workshop here;
    auto const revision = here.revision();
    auto const made = here.make_entity();
    CHECK(made.revision == 1);
    CHECK(made.created_by == here.admin().user.id);
    CHECK(here.revision() > revision);
    CHECK(granted(here.run<get_entity>(here.admin(), "things"))->definition.id == made.id);
    CHECK(granted(here.run<get_entity>(here.admin(), made.id.text()))->definition.id == made.id);
    auto const row = here.audited().front();
    CHECK(row.type == audit::event_type::entity_created);
    CHECK(row.actor == here.admin().user.id);
    CHECK(metadata_of(row, "entity") == "things");
}

TEST_CASE("only who administers defines, and the attempt of others is recorded", "[entities]")
{
    workshop here;
    auto const entity = here.make_entity();
    here.make_field({{"name", "x"}, {"type", "TEXT"}});
    auto const before = here.audited().size();
    for (auto const* role : {"editor", "user", "viewer", "nobody"}) {
        auto const who = here.someone({role});
        value const body{object{{"name", "y"}, {"display_name", "Y"}, {"type", "TEXT"}}};
        CHECK(why(here.run<create_entity>(who, body)) == problem::forbidden);
        CHECK(why(here.run<get_entity>(who, "things")) == problem::forbidden);
        CHECK(why(here.run<list_entities>(who)) == problem::forbidden);
        CHECK(why(here.run<update_entity>(who, "things", std::nullopt, body)) == problem::forbidden);
        CHECK(why(here.run<delete_entity>(who, "things", std::nullopt, "things")) == problem::forbidden);
        CHECK(why(here.run<create_field>(who, "things", std::nullopt, body)) == problem::forbidden);
        CHECK(why(here.run<update_field>(who, "things", "x", std::nullopt, body)) == problem::forbidden);
        CHECK(why(here.run<delete_field>(who, "things", "x", std::nullopt)) == problem::forbidden);
    }
    CHECK(here.audited().size() == before + 4 * 8);
    CHECK(here.audited().front().type == audit::event_type::permission_denied);
    CHECK(metadata_of(here.audited().front(), "rule") == "default:deny");
    CHECK(granted(here.run<get_entity>(here.admin(), "things"))->definition.revision == 2);
}

TEST_CASE("a taken name is refused, in creating and in renaming", "[entities]")
{
    workshop here;
    here.make_entity("a");
    here.make_entity("b");
    value const body{object{{"name", "a"}, {"display_name", "A"}}};
    CHECK(why(here.run<create_entity>(here.admin(), body)) == problem::entity_exists);
    CHECK(why(here.run<update_entity>(here.admin(), "b", std::nullopt, body)) == problem::entity_exists);
    CHECK_FALSE(why(here.run<update_entity>(here.admin(), "a", std::nullopt, body)).has_value());
}

TEST_CASE("there are 500 entities at most", "[entities]")
{
    workshop here;
    here.services.limits.entities_max = 3;
    for (auto const* name : {"a", "b", "c"}) here.make_entity(name);
    value const body{object{{"name", "d"}, {"display_name", "D"}}};
    CHECK(why(here.run<create_entity>(here.admin(), body)) == problem::limit_reached);
    CHECK(entities::entity_limits{}.entities_max == 500);
}

TEST_CASE("entities are listed in pages by identity", "[entities]")
{
    workshop here;
    for (auto const* name : {"a", "b", "c"}) here.make_entity(name);
    auto const who = here.admin();
    auto const first = here.run<list_entities>(who, std::nullopt, std::size_t{2});
    REQUIRE(granted(first).entities.size() == 2);
    CHECK(granted(first).has_more);
    auto const rest = here.run<list_entities>(who, granted(first).entities.back()->definition.id, std::size_t{2});
    REQUIRE(granted(rest).entities.size() == 1);
    CHECK_FALSE(granted(rest).has_more);
}

TEST_CASE("a renamed entity keeps its records, and its revision grows", "[entities]")
{
    workshop here;
    fill(here, {{"name", "x"}, {"type", "INTEGER"}}, {value{1}});
    value const body{object{{"name", "stuff"}, {"display_name", "Stuff"}, {"description", "d"}}};
    auto const renamed = here.run<update_entity>(here.admin(), "things", 2, body);
    CHECK(granted(renamed).revision == 3);
    CHECK(granted(renamed).description == "d");
    CHECK(granted(here.run<list_records>(here.user(), "stuff")).records.size() == 1);
    CHECK(why(here.run<list_records>(here.user(), "things")) == problem::entity_not_found);
    CHECK(metadata_of(here.audited().front(), "new_name") == "stuff");
}

TEST_CASE("a change that expects another revision changes nothing", "[entities]")
{
    workshop here;
    fill(here, {{"name", "x"}, {"type", "TEXT"}}, {});
    auto const revision = here.revision();
    value const body{object{{"name", "y"}, {"type", "TEXT"}}};
    value const entity_body{object{{"name", "y"}, {"display_name", "Y"}}};
    CHECK(why(here.run<update_entity>(here.admin(), "things", 1, entity_body)) == problem::precondition_failed);
    CHECK(why(here.run<create_field>(here.admin(), "things", 3, body)) == problem::precondition_failed);
    CHECK(why(here.run<update_field>(here.admin(), "things", "x", 1, body)) == problem::precondition_failed);
    CHECK(why(here.run<delete_field>(here.admin(), "things", "x", 1)) == problem::precondition_failed);
    CHECK(why(here.run<delete_entity>(here.admin(), "things", 1, std::nullopt)) == problem::precondition_failed);
    CHECK(here.revision() == revision);
    CHECK_FALSE(why(here.run<update_field>(here.admin(), "things", "x", 2, body)).has_value());
}

TEST_CASE("what does not exist is not found", "[entities]")
{
    workshop here;
    here.make_entity();
    value const body{object{{"name", "y"}, {"display_name", "Y"}, {"type", "TEXT"}}};
    for (auto const* id : {"nothing", "01234567-89ab-7cde-8f01-23456789abcd", "", "things "}) {
        CHECK(why(here.run<get_entity>(here.admin(), id)) == problem::entity_not_found);
        CHECK(why(here.run<update_entity>(here.admin(), id, std::nullopt, body)) == problem::entity_not_found);
        CHECK(why(here.run<delete_entity>(here.admin(), id, std::nullopt, std::nullopt)) == problem::entity_not_found);
        CHECK(why(here.run<create_field>(here.admin(), id, std::nullopt, body)) == problem::entity_not_found);
        CHECK(why(here.run<update_field>(here.admin(), "things", id, std::nullopt, body)) == problem::field_not_found);
        CHECK(why(here.run<delete_field>(here.admin(), "things", id, std::nullopt)) == problem::field_not_found);
    }
}

TEST_CASE("an input that breaks rules defines nothing", "[entities]")
{
    workshop here;
    here.make_entity();
    auto const revision = here.revision();
    auto const rows = here.audited().size();
    value const body{object{{"name", "id"}, {"type", "TEXT"}, {"min", 1}}};
    CHECK(broken(here.run<create_entity>(here.admin(), body)).size() == 3);
    CHECK(broken(here.run<update_entity>(here.admin(), "things", std::nullopt, body)).size() == 3);
    CHECK(broken(here.run<create_field>(here.admin(), "things", std::nullopt, body))
          == violations{{"/name", violation_code::reserved_name}, {"/min", violation_code::not_allowed_here, "TEXT"}});
    CHECK(here.revision() == revision);
    CHECK(here.audited().size() == rows);
}

TEST_CASE("an entity with records is deleted only where its name is repeated", "[entities]")
{
    workshop here;
    fill(here, {{"name", "x"}, {"type", "INTEGER"}}, {value{1}});
    CHECK(why(here.run<delete_entity>(here.admin(), "things", std::nullopt, std::nullopt)) == problem::entity_not_empty);
    CHECK(why(here.run<delete_entity>(here.admin(), "things", std::nullopt, "Things")) == problem::entity_not_empty);
    CHECK_FALSE(why(here.run<delete_entity>(here.admin(), "things", std::nullopt, "things")).has_value());
    CHECK(here.audited().front().type == audit::event_type::entity_deleted);
    CHECK(why(here.run<list_records>(here.user(), "things")) == problem::entity_not_found);
    here.make_entity();
    CHECK_FALSE(why(here.run<delete_entity>(here.admin(), "things", std::nullopt, std::nullopt)).has_value());
}

TEST_CASE("a field added to records shows its default in them", "[entities]")
{
    workshop here;
    fill(here, {{"name", "x"}, {"type", "INTEGER"}}, {value{1}, value{2}});
    value const needed{object{{"name", "y"}, {"type", "TEXT"}, {"is_required", true}}};
    CHECK(why(here.run<create_field>(here.admin(), "things", std::nullopt, needed)) == problem::unsafe_change);
    here.make_field({{"name", "y"}, {"type", "TEXT"}, {"is_required", true}, {"default", "d"}});
    here.make_field({{"name", "z"}, {"type", "TEXT"}});
    auto const listed = here.run<list_records>(here.user(), "things");
    for (auto const& each : granted(listed).records) {
        CHECK(each.cells[1] == entities::cell{std::string("d")});
        CHECK(each.cells[2] == entities::cell{});
    }
    CHECK(here.audited().front().type == audit::event_type::field_created);
    value const taken{object{{"name", "z"}, {"type", "TEXT"}}};
    CHECK(why(here.run<create_field>(here.admin(), "things", std::nullopt, taken)) == problem::field_exists);
}

TEST_CASE("a unique field can't be added or made where values repeat", "[entities]")
{
    workshop here;
    fill(here, {{"name", "x"}, {"type", "INTEGER"}}, {value{1}, value{1}});
    value const repeated{object{{"name", "y"}, {"type", "INTEGER"}, {"is_unique", true}, {"default", 1}}};
    auto const revision = here.revision();
    CHECK(why(here.run<create_field>(here.admin(), "things", std::nullopt, repeated)) == problem::duplicate_value);
    CHECK(change_field(here, {{"name", "x"}, {"type", "INTEGER"}, {"is_unique", true}}) == problem::duplicate_value);
    CHECK(here.revision() == revision);
    CHECK(here.user().known->find_entity("things")->definition.fields.size() == 1);
}

TEST_CASE("a narrower rule is taken where the stored records obey it, and only there", "[entities]")
{
    auto const change = [](object field, std::vector<value> const& values, object to) {
        workshop here;
        fill(here, std::move(field), values);
        auto const before = here.user().known->find_entity("things")->definition;
        auto const refused = change_field(here, std::move(to));
        auto const after = here.user().known->find_entity("things")->definition;
        CHECK((after.revision == before.revision) == refused.has_value());
        return refused;
    };
    auto const unsafe = problem::unsafe_change;
    auto const integer = object{{"name", "x"}, {"type", "INTEGER"}};
    auto const text = object{{"name", "x"}, {"type", "TEXT"}};
    CHECK(change(integer, {value{5}, value{6}}, {{"name", "x"}, {"type", "INTEGER"}, {"min", 5}, {"max", 6}}) == std::nullopt);
    CHECK(change(integer, {value{5}, value{6}}, {{"name", "x"}, {"type", "INTEGER"}, {"min", 6}}) == unsafe);
    CHECK(change(integer, {value{5}, value{6}}, {{"name", "x"}, {"type", "INTEGER"}, {"max", 5}}) == unsafe);
    CHECK(change(integer, {value{5}}, {{"name", "x"}, {"type", "INTEGER"}, {"is_required", true}}) == std::nullopt);
    CHECK(change(integer, {value{}}, {{"name", "x"}, {"type", "INTEGER"}, {"is_required", true}}) == unsafe);
    CHECK(change(integer, {value{}}, {{"name", "x"}, {"type", "INTEGER"}, {"is_required", true}, {"default", 1}}) == std::nullopt);
    CHECK(change(integer, {value{1}}, {{"name", "x"}, {"type", "TEXT"}}) == unsafe);
    CHECK(change(integer, {}, {{"name", "x"}, {"type", "TEXT"}}) == std::nullopt);
    CHECK(change(text, {value{"ñandú"}, value{}}, {{"name", "x"}, {"type", "TEXT"}, {"max_length", 5}}) == std::nullopt);
    CHECK(change(text, {value{"ñandú"}}, {{"name", "x"}, {"type", "TEXT"}, {"max_length", 4}}) == unsafe);
    CHECK(change(text, {value{"a1"}}, {{"name", "x"}, {"type", "TEXT"}, {"pattern", "^a[0-9]$"}}) == std::nullopt);
    CHECK(change(text, {value{"a1"}, value{"b1"}}, {{"name", "x"}, {"type", "TEXT"}, {"pattern", "^a[0-9]$"}}) == unsafe);
    auto const colours = [](list options) { return object{{"name", "x"}, {"type", "ENUM"}, {"options", std::move(options)}}; };
    CHECK(change(colours({value{"a"}, value{"b"}}), {value{"a"}}, colours({value{"a"}, value{"c"}})) == std::nullopt);
    CHECK(change(colours({value{"a"}, value{"b"}}), {value{"b"}}, colours({value{"a"}})) == unsafe);
    auto const decimal = [](int precision) { return object{{"name", "x"}, {"type", "DECIMAL"}, {"precision", precision}, {"scale", 2}}; };
    CHECK(change(decimal(6), {value{"99.99"}, value{"-99.99"}}, decimal(4)) == std::nullopt);
    CHECK(change(decimal(6), {value{"100.00"}}, decimal(4)) == unsafe);
    CHECK(change(decimal(6), {value{"-100.00"}}, decimal(4)) == unsafe);
    CHECK(change({{"name", "x"}, {"type", "EMAIL"}}, {value{"a@b.es"}}, text) == std::nullopt);
}

TEST_CASE("the last of many records is looked at too", "[entities]")
{
    workshop here;
    fill(here, {{"name", "x"}, {"type", "TEXT"}}, std::vector<value>(501, value{"aa"}));
    here.make_record({{"x", "aaa"}});
    CHECK(change_field(here, {{"name", "x"}, {"type", "TEXT"}, {"max_length", 2}}) == problem::unsafe_change);
    CHECK(change_field(here, {{"name", "x"}, {"type", "TEXT"}, {"max_length", 3}}) == std::nullopt);
}

TEST_CASE("a renamed field keeps its values, a removed one takes them along", "[entities]")
{
    workshop here;
    fill(here, {{"name", "x"}, {"type", "INTEGER"}, {"is_unique", true}}, {value{7}});
    CHECK(change_field(here, {{"name", "y"}, {"type", "INTEGER"}, {"is_unique", true}}) == std::nullopt);
    CHECK(here.audited().front().type == audit::event_type::field_changed);
    CHECK(granted(here.run<list_records>(here.user(), "things")).records.front().cells.front() == entities::cell{std::int64_t{7}});
    auto const removed = here.run<delete_field>(here.admin(), "things", "y", std::nullopt);
    CHECK(granted(removed).fields.empty());
    CHECK(here.audited().front().type == audit::event_type::field_deleted);
    here.make_field({{"name", "y"}, {"type", "INTEGER"}});
    CHECK(granted(here.run<list_records>(here.user(), "things")).records.front().cells.front() == entities::cell{});
}

TEST_CASE("a definition that the storage could not write is not there", "[entities]")
{
    workshop here;
    here.make_entity();
    auto const rows = here.audited().size();
    here.store.fail_next(fakes::outage_store::stage::commit, errc::unavailable);
    value const body{object{{"name", "x"}, {"type", "TEXT"}}};
    auto const made = here.run<create_field>(here.admin(), "things", std::nullopt, body);
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().code == errc::unavailable);
    CHECK(here.admin().known->find_entity("things")->definition.fields.empty());
    CHECK(here.audited().size() == rows);
}
