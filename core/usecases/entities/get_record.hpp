#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "core/usecases/entities/entity_services.hpp"
#include "core/usecases/entities/results.hpp"

#include <optional>
#include <string_view>

namespace mb::usecases {

/// Reads one record. Refuses: entity_not_found, record_not_found, forbidden. Somebody else's record, to who may only read their own, is not
/// found, and recorded.
class get_record final {
public:
    struct command {
        std::string_view entity;  ///< UUID or name
        std::string_view record;  ///< UUID; malformed is record_not_found
    };

    explicit get_record(entity_services const& with) : with_(with) {}
    outcome<answer<stored_record>> operator()(command const& asked, caller const& who, audit::origin const& from) const;
    /// The same on a snapshot that has the catalogue that the caller knows. Nothing where the caller may not read: that is to be recorded,
    /// which the other form does.
    outcome<std::optional<answer<stored_record>>> on(ports::transaction& snapshot, command const& asked, caller const& who) const;

private:
    entity_services with_;
};

}  // namespace mb::usecases
