#pragma once

#include "adapters/sql/dialect.hpp"
#include "adapters/sql/record_statements.hpp"
#include "adapters/sql/session.hpp"
#include "ports/entity_repositories.hpp"

/// Definitions and records of dynamic entities over one session, which outlives them.
namespace mb::sql {

class entities final : public ports::entities {
public:
    entities(session& on, dialect const& with) noexcept : on_(on), with_(with) {}
    outcome<std::vector<mb::entities::entity_definition>> list() override;
    outcome<std::optional<mb::entities::entity_definition>> find(mb::entities::entity_id id) override;
    outcome<std::int64_t> next_number() override;
    outcome<void> save(mb::entities::entity_definition const& saved) override;
    outcome<void> remove(mb::entities::entity_id id) override;
    outcome<void> alter(mb::entities::entity_definition const& entity, mb::entities::schema_plan const& plan) override;

private:
    session& on_;
    dialect const& with_;
};

class records final : public ports::records {
public:
    records(session& on, dialect const& with) noexcept : on_(on), statements_(with) {}
    outcome<ports::record_written> insert(mb::entities::entity_definition const& entity, mb::entities::record const& added) override;
    outcome<std::optional<mb::entities::record>> find(mb::entities::entity_definition const& entity, mb::entities::record_id id) override;
    outcome<mb::entities::record_page> page(mb::entities::entity_definition const& entity, mb::entities::record_query const& query) override;
    outcome<ports::record_written> update(mb::entities::entity_definition const& entity, mb::entities::record const& changed,
                                          std::int64_t expected_version) override;
    outcome<ports::record_written> remove(mb::entities::entity_definition const& entity, mb::entities::record_id id,
                                          std::optional<std::int64_t> expected_version) override;
    outcome<std::size_t> count(mb::entities::entity_definition const& entity, std::vector<mb::entities::comparison> const& where,
                               std::size_t cap) override;

private:
    session& on_;
    record_statements_cache statements_;
};

}  // namespace mb::sql
