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

/// Removes a record. Refuses: entity_not_found, record_not_found, forbidden, precondition_failed.
class delete_record final {
public:
    struct command {
        std::string_view entity;  ///< UUID or name
        std::string_view record;  ///< UUID; malformed is record_not_found
        std::optional<std::int64_t> expected_version;
    };

    explicit delete_record(entity_services const& with) : with_(with) {}
    outcome<answer<done>> operator()(command const& asked, caller const& who, audit::origin const& from) const;

private:
    entity_services with_;
};

}  // namespace mb::usecases
