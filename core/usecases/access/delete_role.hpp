#pragma once

#include "core/domain/audit/event.hpp"
#include "core/domain/base/answer.hpp"
#include "core/domain/base/outcome.hpp"
#include "core/usecases/access/caller.hpp"
#include "ports/clock.hpp"
#include "ports/randomness.hpp"
#include "ports/store.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace mb::usecases {

/// Deletes a role, and takes it from all who hold it where that was confirmed with its name.
/// Denials: forbidden, role_not_found, role_built_in, role_in_use, precondition_failed.
class delete_role final {
public:
    delete_role(ports::store& store, ports::clock const& clock, ports::randomness const& random) : store_(store), clock_(clock), random_(random) {}

    outcome<answer<done>> operator()(std::string_view name, std::optional<std::int64_t> expected_version,
                                     std::optional<std::string_view> confirmed_name, caller const& who, audit::origin const& from) const;

private:
    ports::store& store_;
    ports::clock const& clock_;
    ports::randomness const& random_;
};

}  // namespace mb::usecases
