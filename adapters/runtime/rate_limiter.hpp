#pragma once

#include "core/domain/limits/rate.hpp"
#include "ports/clock.hpp"
#include "ports/randomness.hpp"
#include "ports/rate_limits.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mb::runtime {

/// Rate limits in memory, for one process. Bounded: where it is full, a key whose allowance is whole again gives way, else the one nearest to it.
/// Never fails.
class rate_limiter final : public ports::rate_limits {
public:
    static constexpr std::size_t shard_count = 16;

    /// @param keys_max  keys kept in all; each costs about 80 bytes
    /// @param random    seeds the hash of the keys, so that nobody can make theirs collide with another's
    rate_limiter(ports::clock const& clock, ports::randomness const& random, std::size_t keys_max = 100'000,
                 limits::penalty_policy const& penalties = {});

    outcome<limits::rate_decision> take(std::string_view key, int cost, limits::rate const& allowed) override;
    outcome<void> penalise(std::string_view key) override;

    std::size_t size() const;

private:
    struct entry {
        std::uint64_t key = 0;
        duration arrival{};
        duration penalised_at{};
        int level = 0;  ///< cost is 1 << level
    };
    struct shard {
        std::mutex mutable mutex;
        std::unordered_map<std::uint64_t, std::size_t> places;
        std::vector<entry> entries;
        std::size_t hand = 0;  ///< where the next search for a victim begins
    };

    shard& shard_of(std::uint64_t key) const noexcept { return shards_[key % shard_count]; }
    entry& find_or_make(shard& in, std::uint64_t key, duration now) const;
    int level_at(entry const& of, duration now) const noexcept;
    std::uint64_t hash(std::string_view key) const noexcept;

    ports::clock const& clock_;
    std::size_t const shard_max_;
    limits::penalty_policy const penalties_;
    std::array<std::uint64_t, 2> seed_{};
    std::unique_ptr<shard[]> shards_;
};

}  // namespace mb::runtime
