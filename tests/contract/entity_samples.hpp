#pragma once

#include "core/domain/entities/record.hpp"
#include "core/domain/entities/schema_step.hpp"
#include "ports/store.hpp"
#include "tests/contract/samples.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace mb::contract {

/// A field with the given type and no rule. Its identity and its physical number are made from `number`.
entities::field_definition field(std::int64_t number, std::string_view name, shape::kind type);
/// A field whose every column is filled.
entities::field_definition full_field(std::int64_t number, std::string_view name);
/// An entity whose optional columns are empty. Its identity is made from `number`, which is also its physical number.
entities::entity_definition entity(std::int64_t number, std::string_view name, std::vector<entities::field_definition> fields);

/// One field of every type, in an entity of its own. Field numbers from 101.
entities::entity_definition every_type();
/// For each field of every_type(), three values in ascending order.
std::vector<std::vector<entities::cell>> ascending_values();

/// Writes a definition and builds its table, with the unique and other indexes that its fields ask for.
void define(ports::store& store, entities::entity_definition const& wanted);
/// The plan that define() carries out.
entities::schema_plan plan_of(entities::entity_definition const& wanted);

entities::record record_of(std::uint32_t number, std::vector<entities::cell> cells);

void check_same(entities::entity_definition const& got, entities::entity_definition const& wanted);
void check_same(entities::record const& got, entities::record const& wanted);

/// The outcome of one insertion, committed.
ports::record_written insert(ports::store& store, entities::entity_definition const& into, entities::record const& added);
std::optional<entities::record> find(ports::store& store, entities::entity_definition const& in, entities::record_id id);
entities::record_page page(ports::store& store, entities::entity_definition const& of, entities::record_query const& query);

}  // namespace mb::contract
