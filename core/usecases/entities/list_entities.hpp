#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/entities/entity_services.hpp"
#include "core/usecases/entities/results.hpp"

#include <optional>

namespace mb::usecases {

/// Entities in the order of their ids, as the caller's catalogue knows them. Refuses: forbidden.
class list_entities final {
public:
    struct command {
        std::optional<entities::entity_id> after;  ///< keyset: ids above this one
        std::size_t limit = 20;
    };

    explicit list_entities(entity_services const& with) : with_(with) {}
    outcome<answer<entity_list>> operator()(command const& asked, caller const& who, audit::origin const& from) const;

private:
    entity_services with_;
};

}  // namespace mb::usecases
