#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/entities/entity_services.hpp"
#include "core/usecases/entities/results.hpp"

#include <span>
#include <string_view>

namespace mb::usecases {

/// Reads one page of the records that a query asks for (entities.md section 1).
/// Refuses: entity_not_found, forbidden, unknown_parameter, invalid_parameter (with details), invalid_cursor.
class list_records final {
public:
    struct command {
        std::string_view entity;  ///< UUID or name
        std::span<entities::parameter const> parameters{};
    };

    explicit list_records(entity_services const& with) : with_(with) {}
    outcome<answer<record_list>> operator()(command const& asked, caller const& who, audit::origin const& from) const;

private:
    entity_services with_;
};

}  // namespace mb::usecases
