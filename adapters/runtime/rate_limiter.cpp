#include "adapters/runtime/rate_limiter.hpp"

#include "adapters/runtime/siphash.hpp"
#include "core/domain/base/assert.hpp"

#include <algorithm>
#include <bit>

namespace mb::runtime {

rate_limiter::rate_limiter(ports::clock const& clock, ports::randomness const& random, std::size_t keys_max, limits::penalty_policy const& penalties)
    : clock_(clock),
      shard_max_(std::max<std::size_t>(keys_max / shard_count, 1)),
      penalties_(penalties),
      shards_(std::make_unique<shard[]>(shard_count))
{
    std::array<std::uint8_t, 16> drawn{};
    random.fill(drawn);
    seed_ = std::bit_cast<std::array<std::uint64_t, 2>>(drawn);
}

std::uint64_t rate_limiter::hash(std::string_view key) const noexcept { return siphash(seed_, key); }

int rate_limiter::level_at(entry const& of, duration now) const noexcept
{
    return limits::decide_penalty(of.level, now - of.penalised_at, penalties_);
}

rate_limiter::entry& rate_limiter::find_or_make(shard& in, std::uint64_t key, duration now) const
{
    if (auto const place = in.places.find(key); place != in.places.end()) return in.entries[place->second];
    if (in.entries.size() < shard_max_) {
        in.entries.push_back({key});
        in.places.emplace(key, in.entries.size() - 1);
        return in.entries.back();
    }

    // a search that looks at few: a flood of new keys must not make each of them costly
    constexpr std::size_t looked_at = 8;
    std::size_t victim = in.hand % in.entries.size();
    for (std::size_t i = 0; i < std::min(looked_at, in.entries.size()); ++i) {
        auto const at = (in.hand + i) % in.entries.size();
        auto const worth = [&](entry const& e) { return std::pair{level_at(e, now), e.arrival}; };
        if (worth(in.entries[at]) < worth(in.entries[victim])) victim = at;
    }
    in.hand = (in.hand + looked_at) % in.entries.size();
    in.places.erase(in.entries[victim].key);
    in.entries[victim] = {key};
    in.places.emplace(key, victim);
    return in.entries[victim];
}

outcome<limits::rate_decision> rate_limiter::take(std::string_view key, int cost, limits::rate const& allowed)
{
    MB_ASSERT(allowed.burst > 0 && allowed.period.count() >= allowed.burst);
    auto const now = clock_.ticks();
    auto const hashed = hash(key);
    auto& in = shard_of(hashed);
    std::scoped_lock lock(in.mutex);
    auto& found = find_or_make(in, hashed, now);
    auto const step = limits::decide_rate(found.arrival, cost << level_at(found, now), allowed, now);
    found.arrival = step.arrival;
    return step.decision;
}

outcome<void> rate_limiter::penalise(std::string_view key)
{
    auto const now = clock_.ticks();
    auto const hashed = hash(key);
    auto& in = shard_of(hashed);
    std::scoped_lock lock(in.mutex);
    auto& found = find_or_make(in, hashed, now);
    found.level = std::min(level_at(found, now) + 1, penalties_.level_max);
    found.penalised_at = now;
    return {};
}

std::size_t rate_limiter::size() const
{
    std::size_t total = 0;
    for (std::size_t i = 0; i < shard_count; ++i) {
        std::scoped_lock lock(shards_[i].mutex);
        total += shards_[i].entries.size();
    }
    return total;
}

}  // namespace mb::runtime
