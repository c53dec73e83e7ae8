#include "core/domain/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace mb {

void assertion_failed(char const* claim, char const* file, int line) noexcept
{
    std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, claim);
    std::abort();
}

}  // namespace mb
