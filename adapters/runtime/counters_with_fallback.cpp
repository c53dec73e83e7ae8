#include "adapters/runtime/counters_with_fallback.hpp"

namespace mb::runtime {

outcome<std::vector<std::size_t>> counters_with_fallback::note(std::span<ports::sighting const> seen)
{
    // in both, so that an attack that is under way when the shared counts are lost is not counted from nothing
    auto own = own_.note(seen);
    if (auto shared = shared_.note(seen)) return shared;
    ++alone_;
    return own;
}

}  // namespace mb::runtime
