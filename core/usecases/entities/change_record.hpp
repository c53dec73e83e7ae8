#pragma once

#include "core/domain/base/function_ref.hpp"
#include "core/domain/entities/record_input.hpp"
#include "core/usecases/entities/results.hpp"
#include "core/usecases/entities/steps.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace mb::usecases {

struct record_target {
    std::string_view entity;
    std::string_view record;
    std::optional<std::int64_t> expected_version;
};

/// Reads the body by a definition. Called again where the definition changed since the caller's catalogue was made.
using read_body = function_ref<std::variant<entities::record_patch, violations>(entities::compiled_entity const&)>;

/// What PUT and PATCH share: finds the record, checks the version, writes the changed cells and the audit row.
outcome<answer<stored_record>> change_record(record_target const& target, read_body read, entity_services const& with, caller const& who,
                                             audit::origin const& from);

}  // namespace mb::usecases
