#pragma once

#include "adapters/sql/statements.hpp"
#include "core/domain/shape/rule.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mb::sql {

/// One numbered step of the schema. Never changed once released: its checksum is recorded where it ran.
struct migration {
    int version = 0;
    std::string_view name;
    std::string_view script;
};

/// Where databases say things differently. MUST be immutable and outlive every session that uses it.
class dialect {
public:
    virtual ~dialect() = default;
    virtual std::string_view text(statement what) const noexcept { return common_text(what); }
    /// From version 1 up, without a gap.
    virtual std::span<migration const> migrations() const noexcept = 0;
    /// The table of an entity's records, made from its number.
    virtual std::string table_of(std::int64_t entity_number) const = 0;
    /// CREATE TABLE with the columns that every record has, and what indexes they need.
    virtual std::string create_records(std::int64_t entity_number) const = 0;
    /// The index of a field, made from numbers.
    virtual std::string index_of(std::int64_t entity_number, std::int64_t field_number, bool unique) const = 0;
    /// What follows a column of an index, so that NULL is the smallest value there: where it isn't so by itself.
    virtual std::string_view key_order() const noexcept { return ""; }
    /// What a SELECT by id ends in where its row is to be held until the transaction ends.
    virtual std::string_view hold() const noexcept { return ""; }
    /// The type of a column that holds a field.
    virtual std::string_view type_of(shape::kind kind) const noexcept = 0;
};

}  // namespace mb::sql
