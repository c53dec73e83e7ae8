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

/// Removes a field, its column and its index. Refuses: forbidden, entity_not_found, field_not_found, precondition_failed.
class delete_field final {
public:
    struct command {
        std::string_view entity;  ///< UUID or name
        std::string_view field;   ///< UUID or name
        std::optional<std::int64_t> expected_revision;
    };

    explicit delete_field(entity_services const& with) : with_(with) {}
    outcome<answer<entities::entity_definition>> operator()(command const& asked, caller const& who, audit::origin const& from) const;

private:
    entity_services with_;
};

}  // namespace mb::usecases
