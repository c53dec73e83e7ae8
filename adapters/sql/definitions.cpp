#include "adapters/sql/columns.hpp"
#include "adapters/sql/entity_repositories.hpp"
#include "adapters/sql/stored_scalar.hpp"

#include <algorithm>
#include <unordered_map>

namespace mb::sql {
namespace {

using mb::entities::entity_definition;
using mb::entities::entity_id;
using mb::entities::field_definition;
using mb::entities::field_id;

constexpr char const* definitions_table = "sql.mb_meta";

entity_definition read_entity(columns& from)
{
    return entity_definition{
        .id = from.identity<entity_id>(),
        .number = from.integer(),
        .name = identifier::restore(from.string()),
        .display_name = from.string(),
        .description = from.string(),
        .revision = from.integer(),
        .created_at = from.at(),
        .updated_at = from.at(),
        .created_by = from.maybe_identity<identity::user_id>(),
        .fields = {},
    };
}

std::optional<shape::scalar> read_stored(columns& from)
{
    return from.maybe([](columns& each) { return each.named(read_scalar); });
}

std::optional<std::int64_t> read_number(columns& from)
{
    return from.maybe([](columns& each) { return each.integer(); });
}

field_definition read_field(columns& from)
{
    return field_definition{
        .id = from.identity<field_id>(),
        .number = from.integer(),
        .name = identifier::restore(from.string()),
        .display_name = from.string(),
        .type = from.named(shape::kind_named),
        .is_required = from.truth(),
        .is_unique = from.truth(),
        .is_indexed = from.truth(),
        .min_length = read_number(from),
        .max_length = read_number(from),
        .min = read_stored(from),
        .max = read_stored(from),
        .precision = static_cast<int>(from.integer()),
        .scale = static_cast<int>(from.integer()),
        .pattern = from.maybe_string(),
        .options = {},
        .fallback = read_stored(from),
    };
}

struct owned_field {
    entity_id owner;
    field_definition field;
};

struct owned_option {
    field_id owner;
    mb::entities::enum_option option;
};

owned_field read_owned_field(columns& from) { return {.owner = from.identity<entity_id>(), .field = read_field(from)}; }

owned_option read_owned_option(columns& from)
{
    return {.owner = from.identity<field_id>(), .option = {.number = from.integer(), .value = from.string(), .label = from.string()}};
}

/// Hands fields to their entities and options to their fields; all three come in the order in which they are shown.
void assemble(std::vector<entity_definition>& found, std::vector<owned_field> fields, std::vector<owned_option> options)
{
    std::unordered_map<field_id, std::vector<mb::entities::enum_option>> by_field;
    for (auto& each : options) by_field[each.owner].push_back(std::move(each.option));
    std::unordered_map<entity_id, entity_definition*> by_id;
    for (auto& each : found) by_id.emplace(each.id, &each);
    for (auto& each : fields) {
        auto const owner = by_id.find(each.owner);
        if (owner == by_id.end()) continue;
        if (auto const own = by_field.find(each.field.id); own != by_field.end()) each.field.options = std::move(own->second);
        owner->second->fields.push_back(std::move(each.field));
    }
}

std::optional<std::string> stored(std::optional<shape::scalar> const& cell)
{
    if (!cell) return std::nullopt;
    return write_scalar(*cell);
}

outcome<void> insert_field(session& on, entity_id owner, field_definition const& field, std::size_t position)
{
    auto const min = stored(field.min);
    auto const max = stored(field.max);
    auto const fallback = stored(field.fallback);
    MB_CHECK(on.run(statement::insert_field, {owner, field.id, field.number, field.name.text(), field.display_name, shape::name_of(field.type),
                                              field.is_required, field.is_unique, field.is_indexed, field.min_length, field.max_length, min, max,
                                              field.precision, field.scale, field.pattern, fallback, position}));
    for (std::size_t i = 0; i < field.options.size(); ++i) {
        auto const& option = field.options[i];
        MB_CHECK(on.run(statement::insert_option, {field.id, option.number, option.value, option.label, i}));
    }
    return {};
}

}  // namespace

outcome<std::vector<entity_definition>> entities::list()
{
    MB_TRY(auto found, all<entity_definition>(on_, statement::list_entities, {}, definitions_table, read_entity));
    MB_TRY(auto fields, all<owned_field>(on_, statement::list_fields, {}, definitions_table, read_owned_field));
    MB_TRY(auto options, all<owned_option>(on_, statement::list_options, {}, definitions_table, read_owned_option));
    assemble(found, std::move(fields), std::move(options));
    return found;
}

outcome<std::optional<entity_definition>> entities::find(entity_id id)
{
    MB_TRY(auto found, all<entity_definition>(on_, statement::entity_by_id, {id}, definitions_table, read_entity));
    if (found.empty()) return std::optional<entity_definition>{};
    MB_TRY(auto fields, all<owned_field>(on_, statement::fields_of_entity, {id}, definitions_table, read_owned_field));
    MB_TRY(auto options, all<owned_option>(on_, statement::options_of_entity, {id}, definitions_table, read_owned_option));
    assemble(found, std::move(fields), std::move(options));
    return std::optional{std::move(found.front())};
}

outcome<std::int64_t> entities::next_number()
{
    MB_TRY(auto const next, first<std::int64_t>(on_, statement::next_number, {}, "sql.epoch", [](columns& from) { return from.integer(); }));
    if (!next) return error{errc::corrupt, "sql.epoch", "the counter of numbers is missing"};
    return *next;
}

outcome<void> entities::save(entity_definition const& saved)
{
    // first of all, so that a taken name changes nothing
    MB_CHECK(on_.run(statement::save_entity, {saved.id, saved.number, saved.name.text(), saved.display_name, saved.description, saved.revision,
                                              saved.created_at, saved.updated_at, saved.created_by}));
    MB_CHECK(on_.run(statement::delete_fields, {saved.id}));
    for (std::size_t i = 0; i < saved.fields.size(); ++i) MB_CHECK(insert_field(on_, saved.id, saved.fields[i], i));
    return {};
}

outcome<void> entities::remove(entity_id id) { return ran(on_.run(statement::delete_entity, {id})); }

}  // namespace mb::sql
