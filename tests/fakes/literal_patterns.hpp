#pragma once

#include "ports/pattern_compiler.hpp"

namespace mb::fakes {

/// Patterns of std::regex (ECMAScript): the same language as RE2's for what tests write, but not linear in time. Never outside tests.
class literal_patterns final : public ports::pattern_compiler {
public:
    std::shared_ptr<shape::pattern const> compile(std::string_view source) const override;
};

}  // namespace mb::fakes
