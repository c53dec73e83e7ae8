#pragma once

#include "adapters/http/http_settings.hpp"
#include "core/domain/entities/definition.hpp"
#include "core/domain/shape/rule.hpp"

#include <string>

namespace mb::json {
class writer;
}

namespace mb::http {

/// The contract as OpenAPI 3.1, made from the route table and the rules of the bodies.
std::string openapi_document(http_settings const& settings);

/// A rule as JSON Schema 2020-12: an object, or the schema of one member.
void write_json_schema(json::writer& out, shape::object_rule const& rule);
void write_json_schema(json::writer& out, shape::field_rule const& rule);

/// The records of an entity as JSON Schema 2020-12, what clients send and, as readOnly, what the server adds.
std::string entity_json_schema(entities::entity_definition const& entity, shape::object_rule const& rule, http_settings const& settings);

}  // namespace mb::http
