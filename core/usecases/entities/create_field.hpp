#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/entities/entity_services.hpp"
#include "core/usecases/entities/results.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace mb::usecases {

/// Adds a field to an entity, with its column and index.
/// Refuses: forbidden, entity_not_found, precondition_failed, field_exists, limit_reached, unsafe_change, duplicate_value (the default of a
/// unique field stands in many records), violations of the body.
class create_field final {
public:
    struct command {
        std::string_view entity;  ///< UUID or name
        std::optional<std::int64_t> expected_revision;
        shape::value const& body;
    };

    explicit create_field(entity_services const& with) : with_(with) {}
    outcome<answer<defined_field>> operator()(command const& asked, caller const& who, audit::origin const& from) const;

private:
    entity_services with_;
};

}  // namespace mb::usecases
