#pragma once

#include "ports/clock.hpp"
#include "ports/rolling_counters.hpp"

#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace mb::memory {

/// Counts for one process. Bounded: where too much is remembered, the keys that were noted longest ago are forgotten.
class memory_rolling_counters final : public ports::rolling_counters {
public:
    /// @param clock  outlives this; its ticks count
    /// @param members_total_max  of all keys together; a key costs as much as a member
    explicit memory_rolling_counters(ports::clock const& clock, std::size_t members_total_max = 200'000)
        : clock_(clock),
          members_total_max_(members_total_max)
    {
    }

    outcome<std::vector<std::size_t>> note(std::span<ports::sighting const> seen) override;
    /// What is remembered, for tests: members, and keys.
    std::size_t size() const;

private:
    struct member {
        std::string name;
        duration at;
    };
    struct counted {
        std::vector<member> members;
        std::list<std::string const*>::iterator place;  ///< among the keys in the order of their last notes
    };

    std::size_t note(ports::sighting const& seen, duration now);
    void forget(std::string const* key);

    ports::clock const& clock_;
    std::size_t const members_total_max_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, counted> keys_;
    std::list<std::string const*> order_;  ///< the key that was noted longest ago first; points into keys_
    std::size_t held_ = 0;                 ///< members and keys
};

}  // namespace mb::memory
