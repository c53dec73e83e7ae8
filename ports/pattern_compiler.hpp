#pragma once

#include "core/domain/shape/rule.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace mb::ports {

/// Turns the text of a pattern into a matcher that runs in time linear in its subject, whatever the pattern.
class pattern_compiler {
public:
    virtual ~pattern_compiler() = default;
    /// @return null where the text is no pattern of the dialect (RE2), or would need too much memory.
    virtual std::shared_ptr<shape::pattern const> compile(std::string_view source) const = 0;
};

}  // namespace mb::ports
