#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/entities/entity_services.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace mb::usecases {

/// Replaces name, display name and description. Costs no DDL: tables are named by numbers.
/// Refuses: forbidden, entity_not_found, precondition_failed, entity_exists, violations of the body.
class update_entity final {
public:
    struct command {
        std::string_view entity;  ///< UUID or name
        std::optional<std::int64_t> expected_revision;
        shape::value const& body;
    };

    explicit update_entity(entity_services const& with) : with_(with) {}
    outcome<answer<entities::entity_definition>> operator()(command const& asked, caller const& who, audit::origin const& from) const;

private:
    entity_services with_;
};

}  // namespace mb::usecases
