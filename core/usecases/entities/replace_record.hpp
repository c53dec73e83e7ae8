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

/// Gives a record a new content: what is absent becomes its default, or NULL. The last writer wins unless a version is expected.
/// Refuses: entity_not_found, record_not_found, forbidden, precondition_failed, duplicate_value (with the field), violations of the body.
class replace_record final {
public:
    struct command {
        std::string_view entity;  ///< UUID or name
        std::string_view record;  ///< UUID; malformed is record_not_found
        std::optional<std::int64_t> expected_version;
        shape::value const& body;
    };

    explicit replace_record(entity_services const& with) : with_(with) {}
    outcome<answer<stored_record>> operator()(command const& asked, caller const& who, audit::origin const& from) const;

private:
    entity_services with_;
};

}  // namespace mb::usecases
