#pragma once

#include "core/domain/base/instant.hpp"
#include "ports/randomness.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mb::runtime {

/// `burst` requests at once, and `burst` more in each `period`, evenly spread.
struct rate {
    int burst = 300;                            ///< at least 1
    duration period = std::chrono::minutes{1};  ///< at least `burst` microseconds
    friend bool operator==(rate const&, rate const&) = default;
};

enum class verdict : std::uint8_t { allowed, refused };

/// What the RateLimit and Retry-After fields say.
struct rate_decision {
    verdict answer = verdict::allowed;
    int remaining = 0;       ///< requests of cost 1 that would be allowed right now
    duration retry_after{};  ///< refused: after this the same request is allowed; else zero
    duration reset{};        ///< after this the whole burst is free again
    friend bool operator==(rate_decision const&, rate_decision const&) = default;
};

struct rate_step {
    rate_decision decision;
    duration arrival{};  ///< the theoretical arrival time to keep; unchanged where refused
};

/// One step of the generic cell rate algorithm (ITU-T I.371 annex A, virtual scheduling): one timestamp for a key, exact to the microsecond.
/// @param arrival  what the last step returned; zero for a new key
/// @param cost     1 or more; a cost above the burst counts as the burst, else it could never be allowed
/// @param now      ticks of a clock that never goes back
rate_step decide_rate(duration arrival, int cost, rate const& allowed, duration now) noexcept;

/// Rate limits in memory, for one process. Bounded: where it is full, a key whose allowance is whole again gives way, else the one nearest to it.
class rate_limiter {
public:
    static constexpr std::size_t shard_count = 16;
    static constexpr int cost_max = 8;

    /// @param keys_max  keys kept in all; each costs about 80 bytes
    /// @param random    seeds the hash of the keys, so that nobody can make theirs collide with another's
    explicit rate_limiter(ports::randomness const& random, std::size_t keys_max = 100'000, duration penalty_decay = std::chrono::minutes{1});

    /// Takes `cost` from the allowance of `key` (times its penalty), or refuses and takes nothing. Keys MUST be made by the server
    /// from what it knows (address, identity, route class), never be sent by a client as they are.
    rate_decision take(std::string_view key, int cost, rate const& allowed, duration now);

    /// Doubles what a request of this key costs, up to eightfold: its last answer was a refusal (401, 403, 422).
    /// Halves again with each `penalty_decay` without another.
    void penalise(std::string_view key, duration now);

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

    std::size_t const shard_max_;
    duration const penalty_decay_;
    std::array<std::uint64_t, 2> seed_{};
    std::unique_ptr<shard[]> shards_;
};

}  // namespace mb::runtime
