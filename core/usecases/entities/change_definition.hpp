#pragma once

#include "core/domain/base/function_ref.hpp"
#include "core/usecases/entities/steps.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace mb::usecases {

struct entity_target {
    std::string_view entity;
    std::optional<std::int64_t> expected_revision;
};

/// A change that was decided, and the audit row that tells of it; or why it may not be.
struct described_change {
    entities::definition_change change;
    audit::event_type told_as;
    audit_metadata about;
};
using definition_decision = std::variant<described_change, problem, violations>;

/// Decides a change of the definition as it is in this transaction.
using decide_definition = function_ref<outcome<definition_decision>(ports::transaction&, entities::entity_definition const&)>;

/// What every change of an existing entity shares: who may, which entity, at which revision; then the change itself, the catalogue's
/// revision and the audit row, in one transaction.
/// @param repeated  what a uniqueness rule of the storage means here: a taken name, or values that repeat.
outcome<answer<entities::entity_definition>> change_definition(entity_target const& target, problem repeated, decide_definition decide,
                                                               entity_services const& with, caller const& who, audit::origin const& from);

}  // namespace mb::usecases
