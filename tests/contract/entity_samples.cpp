#include "tests/contract/entity_samples.hpp"

#include "tests/contract/steps.hpp"

#include <limits>
#include <string>

namespace mb::contract {

using entities::cell;
using entities::entity_definition;
using entities::field_definition;
using shape::kind;

field_definition field(std::int64_t number, std::string_view name, kind type)
{
    field_definition made;
    made.id = nth<entities::field_id>(static_cast<std::uint32_t>(number));
    made.number = number;
    made.name = identifier::restore(std::string(name));
    made.display_name = name;
    made.type = type;
    if (type == kind::enumeration) made.options = {{1, "draft", "Draft"}, {2, "open", "Open"}, {3, "closed", "Closed"}};
    return made;
}

field_definition full_field(std::int64_t number, std::string_view name)
{
    auto made = field(number, name, kind::decimal);
    made.display_name = "Precio \"final\" 'ñ'";
    made.is_required = true;
    made.is_unique = true;
    made.is_indexed = true;
    made.min_length = 1;
    made.max_length = 200;
    made.min = cell{std::int64_t{-500}};
    made.max = cell{std::int64_t{99'999}};
    made.precision = 12;
    made.scale = 4;
    made.pattern = "^[a-z]+\\d'\"$";
    made.options = {{7, "a", "The 'first'"}, {3, "b", ""}};
    made.fallback = cell{std::int64_t{1'234}};
    return made;
}

entity_definition entity(std::int64_t number, std::string_view name, std::vector<field_definition> fields)
{
    entity_definition made;
    made.id = nth<entities::entity_id>(static_cast<std::uint32_t>(number));
    made.number = number;
    made.name = identifier::restore(std::string(name));
    made.display_name = name;
    made.created_at = start;
    made.updated_at = start + tick;
    made.fields = std::move(fields);
    return made;
}

entity_definition every_type()
{
    return entity(100, "everything",
                  {field(101, "text", kind::text), field(102, "integer", kind::integer), field(103, "number", kind::number),
                   field(104, "decimal", kind::decimal), field(105, "boolean", kind::boolean), field(106, "date", kind::date),
                   field(107, "date_time", kind::date_time), field(108, "enumeration", kind::enumeration), field(109, "uuid", kind::uuid),
                   field(110, "email", kind::email), field(111, "url", kind::url)});
}

std::vector<std::vector<cell>> ascending_values()
{
    auto const uuid = [](std::uint8_t first) {
        uuid_bytes bytes{};
        bytes[0] = first;
        return cell{bytes};
    };
    auto const whole = [](std::int64_t value) { return cell{value}; };
    auto const text = [](char const* value) { return cell{std::string(value)}; };
    using limits = std::numeric_limits<std::int64_t>;
    return {
        {text(""), text("Z 100% a_b 'x'"), text("ñandú")},  // by bytes: not "n" before "Z"
        {whole(limits::min()), whole(-1), whole(limits::max())},
        {cell{-1.5e308}, cell{0.1}, cell{4.9e-300 + 1}},
        {whole(-999'999'999'999'999'999), whole(10), whole(999'999'999'999'999'999)},
        {cell{false}, cell{true}, cell{true}},
        {text("0001-01-01"), text("2024-02-29"), text("9999-12-31")},
        {whole(-62'135'596'800'000'000), whole(to_micros(start)), whole(253'402'300'799'999'999)},
        {whole(1), whole(2), whole(3)},
        {uuid(0x00), uuid(0x7f), uuid(0xff)},
        {text("a@example.org"), text("b@example.org"), text("c@example.org")},
        {text("http://a.example/?q=1&r=%20"), text("https://a.example/"), text("https://b.example/")},
    };
}

entities::schema_plan plan_of(entity_definition const& wanted)
{
    entities::schema_plan plan{entities::create_table{}};
    for (auto const& each : wanted.fields) plan.push_back(entities::add_column{each});
    for (auto const& each : wanted.fields)
        if (each.is_unique || each.is_indexed) plan.push_back(entities::create_index{each, each.is_unique});
    return plan;
}

void define(ports::store& store, entity_definition const& wanted)
{
    write(store, [&](ports::transaction& tx) -> outcome<void> {
        MB_CHECK(tx.entities().save(wanted));
        return tx.entities().alter(wanted, plan_of(wanted));
    });
}

entities::record record_of(std::uint32_t number, std::vector<cell> cells)
{
    return {
        nth<entities::record_id>(number), start + std::chrono::seconds{number}, start + std::chrono::seconds{number} + tick, {}, 1, std::move(cells)};
}

void check_same(entity_definition const& got, entity_definition const& wanted)
{
    CHECK(got.id.text() == wanted.id.text());
    CHECK(got.number == wanted.number);
    CHECK(got.name.text() == wanted.name.text());
    CHECK(got.display_name == wanted.display_name);
    CHECK(got.description == wanted.description);
    CHECK(got.revision == wanted.revision);
    CHECK((got.created_at == wanted.created_at));
    CHECK((got.updated_at == wanted.updated_at));
    CHECK((got.created_by == wanted.created_by));
    REQUIRE(got.fields.size() == wanted.fields.size());
    for (std::size_t i = 0; i < got.fields.size(); ++i) {
        INFO("field " << wanted.fields[i].name.text());
        CHECK((got.fields[i] == wanted.fields[i]));
    }
}

void check_same(entities::record const& got, entities::record const& wanted)
{
    CHECK(got.id.text() == wanted.id.text());
    CHECK((got.created_at == wanted.created_at));
    CHECK((got.updated_at == wanted.updated_at));
    CHECK((got.created_by == wanted.created_by));
    CHECK(got.version == wanted.version);
    REQUIRE(got.cells.size() == wanted.cells.size());
    for (std::size_t i = 0; i < got.cells.size(); ++i) {
        INFO("cell " << i);
        CHECK((got.cells[i] == wanted.cells[i]));
    }
}

ports::record_written insert(ports::store& store, entity_definition const& into, entities::record const& added)
{
    return write_for(store, [&](ports::transaction& tx) { return tx.records().insert(into, added); });
}

std::optional<entities::record> find(ports::store& store, entity_definition const& in, entities::record_id id)
{
    return look(store, [&](ports::transaction& tx) { return tx.records().find(in, id); });
}

entities::record_page page(ports::store& store, entity_definition const& of, entities::record_query const& query)
{
    return look(store, [&](ports::transaction& tx) { return tx.records().page(of, query); });
}

}  // namespace mb::contract
