#pragma once

#include "ports/pattern_compiler.hpp"

#include <cstddef>
#include <cstdint>

namespace mb::re2 {

/// Patterns of RE2: UTF-8, linear time, no back references or look-around.
class re2_pattern_compiler final : public ports::pattern_compiler {
public:
    static constexpr std::size_t source_bytes_max = 1'000;
    static constexpr std::int64_t memory_bytes_max = 1 << 20;  ///< of one compiled pattern, its caches included

    std::shared_ptr<shape::pattern const> compile(std::string_view source) const override;
};

}  // namespace mb::re2
