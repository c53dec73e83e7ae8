#pragma once

#include "tests/unit/access/brittle_logs.hpp"

// The layers of brittle_store over entities and their records.

namespace mb::testing {

struct brittle_entities final : layer<ports::entities> {
    using layer::layer;
    outcome<std::vector<mb::entities::entity_definition>> list() override
    {
        return attempt([&](auto& to) { return to.list(); });
    }
    outcome<std::optional<mb::entities::entity_definition>> find(mb::entities::entity_id id) override
    {
        return attempt([&](auto& to) { return to.find(id); });
    }
    outcome<std::int64_t> next_number() override
    {
        return attempt([&](auto& to) { return to.next_number(); });
    }
    outcome<void> save(mb::entities::entity_definition const& entity) override
    {
        return attempt([&](auto& to) { return to.save(entity); });
    }
    outcome<void> remove(mb::entities::entity_id id) override
    {
        return attempt([&](auto& to) { return to.remove(id); });
    }
    outcome<void> alter(mb::entities::entity_definition const& entity, mb::entities::schema_plan const& plan) override
    {
        return attempt([&](auto& to) { return to.alter(entity, plan); });
    }
};

struct brittle_records final : layer<ports::records> {
    using layer::layer;
    outcome<ports::record_written> insert(mb::entities::entity_definition const& entity, mb::entities::record const& record) override
    {
        return attempt([&](auto& to) { return to.insert(entity, record); });
    }
    outcome<std::optional<mb::entities::record>> find(mb::entities::entity_definition const& entity, mb::entities::record_id id) override
    {
        return attempt([&](auto& to) { return to.find(entity, id); });
    }
    outcome<mb::entities::record_page> page(mb::entities::entity_definition const& entity, mb::entities::record_query const& query) override
    {
        return attempt([&](auto& to) { return to.page(entity, query); });
    }
    outcome<ports::record_written> update(mb::entities::entity_definition const& entity, mb::entities::record const& record,
                                          std::int64_t expected_version) override
    {
        if (owner.lost_updates > 0) {
            --owner.lost_updates;
            return ports::record_written{ports::record_written::state::version_differs};
        }
        return attempt([&](auto& to) { return to.update(entity, record, expected_version); });
    }
    outcome<ports::record_written> remove(mb::entities::entity_definition const& entity, mb::entities::record_id id,
                                          std::optional<std::int64_t> expected_version) override
    {
        return attempt([&](auto& to) { return to.remove(entity, id, expected_version); });
    }
    outcome<std::size_t> count(mb::entities::entity_definition const& entity, std::vector<mb::entities::comparison> const& where,
                               std::size_t cap) override
    {
        return attempt([&](auto& to) { return to.count(entity, where, cap); });
    }
};

}  // namespace mb::testing
