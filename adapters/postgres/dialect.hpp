#pragma once

#include "adapters/sql/dialect.hpp"

namespace mb::postgres {

/// How PostgreSQL 15 says it. Tables lie in the schema mb_meta, those of records in mb_data; types are native ones.
class dialect final : public sql::dialect {
public:
    std::string_view text(sql::statement what) const noexcept override;
    std::span<sql::migration const> migrations() const noexcept override;
    std::string table_of(std::int64_t entity_number) const override;
    std::string create_records(std::int64_t entity_number) const override;
    std::string index_of(std::int64_t entity_number, std::int64_t field_number, bool unique) const override;
    std::string_view type_of(shape::kind kind) const noexcept override;
    std::string_view key_order() const noexcept override { return " NULLS FIRST"; }
    /// Not FOR UPDATE: rows that refer to the held one may still be added.
    std::string_view hold() const noexcept override { return " FOR NO KEY UPDATE"; }

    /// The text inside a transaction that writes: a find holds the row that it answers.
    std::string_view holding_text(sql::statement what) const noexcept;
    /// What runs before it there, with the same values, because there is no row that could be held: "" for most.
    std::string_view guard_of(sql::statement what) const noexcept;
};

}  // namespace mb::postgres
