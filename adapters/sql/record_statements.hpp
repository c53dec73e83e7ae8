#pragma once

#include "adapters/sql/dialect.hpp"
#include "adapters/sql/query_text.hpp"
#include "core/domain/entities/record.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace mb::sql {

/// The column of a field, made from its number.
std::string column_of(mb::entities::field_definition const& field);
/// Whether the definition has the column at all; column_text() needs that.
bool has_column(mb::entities::entity_definition const& entity, mb::entities::column const& what) noexcept;
std::string column_text(mb::entities::entity_definition const& entity, mb::entities::column const& what);

/// The texts that work on the records of one entity. Made of numbers and fixed words: no name of anybody is in them.
struct record_statements {
    std::vector<std::int64_t> fields;  ///< numbers of the fields that the texts were made for, in their order
    std::string table;
    std::string columns;         ///< id, created_at, updated_at, created_by, version, then the fields
    std::string find;            ///< $1 id
    std::string find_and_hold;   ///< the same, where the row is to stay as it is
    std::string insert;          ///< values in the order of `columns`
    std::string update;          ///< updated_at, version, fields, id, expected version
    std::string remove;          ///< $1 id
    std::string remove_version;  ///< $1 id, $2 version
    std::string version;         ///< $1 id
};

/// Keeps the texts of each entity. One per session.
class record_statements_cache {
public:
    explicit record_statements_cache(dialect const& with) noexcept : with_(with) {}
    /// The reference holds until the next call.
    record_statements const& of(mb::entities::entity_definition const& entity);

private:
    dialect const& with_;
    std::unordered_map<std::int64_t, record_statements> made_;
};

/// Appends the conditions of a filter. Operands are borrowed. @error unexpected  an operator has another number of operands.
outcome<void> append_filter(query_text& query, mb::entities::entity_definition const& entity, std::vector<mb::entities::comparison> const& where);

/// The statements that answer one page, to be run one after the other until `limit + 1` records are there; each lacks its LIMIT.
/// More than one only where the page starts after a position that one range of an index can't express (entities.md section 2.5).
outcome<std::vector<query_text>> page_statements(record_statements const& texts, mb::entities::entity_definition const& entity,
                                                 mb::entities::record_query const& query);

}  // namespace mb::sql
