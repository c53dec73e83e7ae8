#pragma once

#include <compare>

namespace mb {

/// The alternative of a variant that holds no value. Copying it is written out on purpose: where all alternatives are texts or can be copied as
/// bytes, libstdc++ 12 takes the variant for one that always holds something, and jumps to nowhere where copying a text throws.
struct nothing {
    nothing() noexcept {}
    nothing(nothing const&) noexcept {}
    nothing& operator=(nothing const&) noexcept { return *this; }
    ~nothing() = default;
    friend auto operator<=>(nothing const&, nothing const&) noexcept = default;
};

}  // namespace mb
