#include "apps/composition/shared_memory.hpp"

#include "adapters/http/exposition.hpp"
#include "adapters/memory/shared/memory_job_turns.hpp"
#include "adapters/memory/shared/memory_replay_guard.hpp"
#include "adapters/memory/shared/memory_rolling_counters.hpp"
#include "adapters/redis/near_change_marks.hpp"
#include "adapters/redis/redis_change_marks.hpp"
#include "adapters/redis/redis_job_turns.hpp"
#include "adapters/redis/redis_rate_limits.hpp"
#include "adapters/redis/redis_replay_guard.hpp"
#include "adapters/redis/redis_rolling_counters.hpp"
#include "adapters/runtime/counters_with_fallback.hpp"
#include "adapters/runtime/limits_with_fallback.hpp"
#include "adapters/runtime/rate_limiter.hpp"
#include "core/usecases/access/access_cache.hpp"

#include <optional>
#include <utility>

namespace mb::composition {
namespace {

std::optional<redis::options> options_of(config::settings const& settings)
{
    auto where = redis::parse_address(settings.redis_url->reveal());
    if (!where) return std::nullopt;
    redis::options how;
    how.where = *std::move(where);
    how.timeout = settings.redis_timeout;
    return how;
}

/// Everything that lives in Redis.
struct in_redis {
    in_redis(redis::options how, config::settings const& settings, ports::rate_limits& own, ports::rolling_counters& own_counters,
             ports::randomness const& random, ports::digester const& digests)
        : client(std::move(how), random),
          names(digests),
          shared_limits(client, names),
          limits(shared_limits, own, settings.fallback_percent),
          replays(client, names),
          turns(client, names, random),
          shared_counters(client, names),
          counters(shared_counters, own_counters),
          far_marks(client, names, random, usecases::access_trust{}.longest)
    {
        replays.begin();
        if (settings.near_cache > duration::zero()) near_marks.emplace(far_marks, *options_of(settings), settings.near_cache);
    }

    redis::client client;
    redis::key_names names;
    redis::redis_rate_limits shared_limits;
    runtime::limits_with_fallback limits;
    redis::redis_replay_guard replays;
    redis::redis_job_turns turns;
    redis::redis_rolling_counters shared_counters;
    runtime::counters_with_fallback counters;
    redis::redis_change_marks far_marks;
    std::optional<redis::near_change_marks> near_marks;
};

}  // namespace

struct shared_memory::parts {
    parts(ports::clock const& clock, ports::randomness const& random)
        : own_limits(clock, random),
          own_replays(clock),
          own_turns(clock, random),
          own_counters(clock)
    {
    }

    runtime::rate_limiter own_limits;
    memory::memory_replay_guard own_replays;
    memory::memory_job_turns own_turns;
    memory::memory_rolling_counters own_counters;
    std::optional<in_redis> redis;
};

shared_memory::shared_memory(std::unique_ptr<parts> made) : parts_(std::move(made)) {}
shared_memory::~shared_memory() = default;

outcome<std::unique_ptr<shared_memory>> shared_memory::open(config::settings const& settings, ports::clock const& clock,
                                                            ports::randomness const& random, ports::digester const& digests)
{
    auto made = std::make_unique<parts>(clock, random);
    if (settings.redis_url) {
        auto how = options_of(settings);
        if (!how) return error{errc::unexpected, "composition.shared_memory", "REDIS_URL"};
        made->redis.emplace(*std::move(how), settings, made->own_limits, made->own_counters, random, digests);
    }
    return std::unique_ptr<shared_memory>(new shared_memory(std::move(made)));
}

ports::rate_limits& shared_memory::limits() noexcept
{
    if (parts_->redis) return parts_->redis->limits;
    return parts_->own_limits;
}

ports::replay_guard& shared_memory::replays() noexcept
{
    if (parts_->redis) return parts_->redis->replays;
    return parts_->own_replays;
}

ports::job_turns& shared_memory::turns() noexcept
{
    if (parts_->redis) return parts_->redis->turns;
    return parts_->own_turns;
}

ports::rolling_counters& shared_memory::counters() noexcept
{
    if (parts_->redis) return parts_->redis->counters;
    return parts_->own_counters;
}

ports::change_marks* shared_memory::marks() noexcept
{
    if (!parts_->redis) return nullptr;
    if (parts_->redis->near_marks) return &*parts_->redis->near_marks;
    return &parts_->redis->far_marks;
}

bool shared_memory::is_redis() const noexcept { return parts_->redis.has_value(); }
bool shared_memory::is_up() const { return !parts_->redis || parts_->redis->client.is_up(); }

void shared_memory::write_metrics(http::exposition& into) const
{
    auto const counted = parts_->redis ? std::optional(parts_->redis->client.counted()) : std::nullopt;
    into.gauge("metabuilder_redis_up", "1 where Redis answers, 0 where it is lost; no sample without REDIS_URL.");
    if (counted) into.sample(std::uint64_t{is_up()});
    into.counter("metabuilder_redis_calls_total", "Round trips to Redis that were asked for.");
    if (counted) into.sample(counted->calls);
    into.counter("metabuilder_redis_failed_calls_total", "Of these, failed, refused, or not tried because Redis was lost.");
    if (counted) into.sample(counted->failed);
    into.counter("metabuilder_redis_outages_total", "Times that Redis was lost.");
    if (counted) into.sample(counted->outages);
    into.counter("metabuilder_rate_limits_decided_alone_total", "Rate limits that this server decided by its own part, because Redis was lost.");
    if (counted) into.sample(parts_->redis->limits.alone());
    into.counter("metabuilder_anomaly_counts_alone_total", "Counts for anomalies that this server kept by itself, because Redis was lost.");
    if (counted) into.sample(parts_->redis->counters.alone());
}

}  // namespace mb::composition
