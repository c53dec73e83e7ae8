#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/entities/entity_services.hpp"

namespace mb::usecases {

/// Defines an entity without fields, and makes its table.
/// Refuses: forbidden, entity_exists, limit_reached, violations of the body.
class create_entity final {
public:
    struct command {
        shape::value const& body;
    };

    explicit create_entity(entity_services const& with) : with_(with) {}
    outcome<answer<entities::entity_definition>> operator()(command const& asked, caller const& who, audit::origin const& from) const;

private:
    entity_services with_;
};

}  // namespace mb::usecases
