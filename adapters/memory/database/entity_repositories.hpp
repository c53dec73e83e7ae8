#pragma once

#include "adapters/memory/database/tables.hpp"
#include "ports/entity_repositories.hpp"

namespace mb::memory {

class entity_rows final : public ports::entities {
public:
    explicit entity_rows(workspace space) noexcept : space_(space) {}
    outcome<std::vector<mb::entities::entity_definition>> list() override;
    outcome<std::optional<mb::entities::entity_definition>> find(mb::entities::entity_id id) override;
    outcome<std::int64_t> next_number() override;
    outcome<void> save(mb::entities::entity_definition const& saved) override;
    outcome<void> remove(mb::entities::entity_id id) override;
    /// All steps or none, even where the caller goes on after an error.
    /// @error unexpected  a step that doesn't fit the table: defects of a plan.
    outcome<void> alter(mb::entities::entity_definition const& entity, mb::entities::schema_plan const& plan) override;

private:
    workspace space_;
};

class record_rows final : public ports::records {
public:
    explicit record_rows(workspace space) noexcept : space_(space) {}
    outcome<ports::record_written> insert(entities::entity_definition const& entity, entities::record const& added) override;
    outcome<std::optional<entities::record>> find(entities::entity_definition const& entity, entities::record_id id) override;
    outcome<entities::record_page> page(entities::entity_definition const& entity, entities::record_query const& query) override;
    outcome<ports::record_written> update(entities::entity_definition const& entity, entities::record const& changed,
                                          std::int64_t expected_version) override;
    outcome<ports::record_written> remove(entities::entity_definition const& entity, entities::record_id id,
                                          std::optional<std::int64_t> expected_version) override;
    outcome<std::size_t> count(entities::entity_definition const& entity, std::vector<entities::comparison> const& where, std::size_t cap) override;

private:
    workspace space_;
};

}  // namespace mb::memory
