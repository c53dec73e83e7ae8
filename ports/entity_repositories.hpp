#pragma once

#include "core/domain/base/outcome.hpp"
#include "core/domain/entities/definition.hpp"
#include "core/domain/entities/record.hpp"
#include "core/domain/entities/schema_step.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace mb::ports {

/// Definitions of entities and fields, and the physical tables behind them.
class entities {
public:
    virtual ~entities() = default;
    /// Every definition with its fields, in the order of ids.
    virtual outcome<std::vector<mb::entities::entity_definition>> list() = 0;
    virtual outcome<std::optional<mb::entities::entity_definition>> find(mb::entities::entity_id) = 0;
    /// Numbers for new tables and columns, never given twice.
    virtual outcome<std::int64_t> next_number() = 0;
    /// Inserts or replaces the definition and its fields; fields that are no longer listed are removed. Touches no table of records.
    /// @error duplicate  the name is taken.
    virtual outcome<void> save(mb::entities::entity_definition const&) = 0;
    virtual outcome<void> remove(mb::entities::entity_id) = 0;
    /// Carries out a plan on the entity's table, in the same transaction as the definition.
    /// @error duplicate  a unique index can't be built: stored values repeat. @error busy  locks were not to be had in time.
    virtual outcome<void> alter(mb::entities::entity_definition const&, mb::entities::schema_plan const&) = 0;
};

/// How a write to a record ended.
struct record_written {
    enum class state : std::uint8_t {
        written,
        gone,             ///< no such record
        version_differs,  ///< the record has another version than expected
        duplicate         ///< a unique field refused the value; nothing was written
    };
    state how = state::written;
    std::optional<mb::entities::field_index> field{};  ///< duplicate: which
};

/// Records of dynamic entities. Every definition given MUST be the current one.
class records {
public:
    virtual ~records() = default;
    virtual outcome<record_written> insert(mb::entities::entity_definition const&, mb::entities::record const&) = 0;
    virtual outcome<std::optional<mb::entities::record>> find(mb::entities::entity_definition const&, mb::entities::record_id) = 0;
    virtual outcome<mb::entities::record_page> page(mb::entities::entity_definition const&, mb::entities::record_query const&) = 0;
    /// Writes cells, updated_at and version where the stored version is `expected_version`.
    virtual outcome<record_written> update(mb::entities::entity_definition const&, mb::entities::record const&, std::int64_t expected_version) = 0;
    /// Removes the record; any version where none is expected.
    virtual outcome<record_written> remove(mb::entities::entity_definition const&, mb::entities::record_id,
                                           std::optional<std::int64_t> expected_version) = 0;
    /// Counts records, stopping at `cap`: answers min(count, cap).
    virtual outcome<std::size_t> count(mb::entities::entity_definition const&, std::vector<mb::entities::comparison> const& where,
                                       std::size_t cap) = 0;
};

}  // namespace mb::ports
