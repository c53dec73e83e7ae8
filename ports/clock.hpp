#pragma once

#include "core/domain/base/instant.hpp"

namespace mb::ports {

/// Time, as rules and use cases see it. MUST be callable from any thread.
class clock {
public:
    virtual ~clock() = default;
    /// Wall clock; may jump. For what is stored or shown.
    virtual instant now() const noexcept = 0;
    /// Never goes back; origin unspecified. For measuring and for deadlines.
    virtual duration ticks() const noexcept = 0;
};

}  // namespace mb::ports
