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

/// Replaces the definition of a field where the stored records allow it (entities.md section 2.2).
/// Refuses: forbidden, entity_not_found, field_not_found, precondition_failed, field_exists, limit_reached, unsafe_change, duplicate_value
/// (stored values repeat), violations of the body.
class update_field final {
public:
    struct command {
        std::string_view entity;  ///< UUID or name
        std::string_view field;   ///< UUID or name
        std::optional<std::int64_t> expected_revision;
        shape::value const& body;
    };

    explicit update_field(entity_services const& with) : with_(with) {}
    outcome<answer<defined_field>> operator()(command const& asked, caller const& who, audit::origin const& from) const;

private:
    entity_services with_;
};

}  // namespace mb::usecases
