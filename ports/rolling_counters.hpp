#pragma once

#include "core/domain/base/instant.hpp"
#include "core/domain/base/outcome.hpp"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace mb::ports {

/// Something that was seen, to be counted.
struct sighting {
    std::string_view key;     ///< what it is counted under; always with the same window
    std::string_view member;  ///< what counts once within the window: an address; or the id of what happened, where each time counts
    duration window;          ///< more than none
    duration ago{};           ///< how long ago it was; not less than none
};

/// Counts what is different within windows that roll with the time. MUST be callable from any thread. Keys and members MUST be made by the server
/// from what it knows, never be sent by a client as they are.
class rolling_counters {
public:
    /// Counts are exact up to here; whatever is more is answered with this.
    static constexpr std::size_t members_max = 1'000;

    virtual ~rolling_counters() = default;
    /// Notes all of them, in one step for each key, and answers for each how many different members its key has seen since `window` ago; what was
    /// seen exactly `window` ago has left. A member that is seen again counts from the later time.
    /// @error unavailable  nobody knows how many; some may have been noted.
    virtual outcome<std::vector<std::size_t>> note(std::span<sighting const> seen) = 0;
};

}  // namespace mb::ports
