#pragma once

#include "adapters/sql/dialect.hpp"

namespace mb::sqlite {

/// "MetB": what PRAGMA application_id says of a file of ours. The first migration writes it.
constexpr std::int64_t application_id = 0x4d657442;

/// How SQLite 3.40 says it. STRICT tables; identities are blobs of 16 bytes, instants integers of microseconds, truths 0 or 1.
class dialect final : public sql::dialect {
public:
    std::string_view text(sql::statement what) const noexcept override;
    std::span<sql::migration const> migrations() const noexcept override;
    std::string table_of(std::int64_t entity_number) const override;
    std::string create_records(std::int64_t entity_number) const override;
    std::string index_of(std::int64_t entity_number, std::int64_t field_number, bool unique) const override;
    std::string_view type_of(shape::kind kind) const noexcept override;
};

}  // namespace mb::sqlite
