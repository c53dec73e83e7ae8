#include "adapters/redis/redis_rate_limits.hpp"

#include <algorithm>

namespace mb::redis {
namespace {

// The same arithmetic as limits::decide_rate and decide_penalty, in microseconds; all numbers stay below 2^53. What is kept for a key:
// "arrival level since". The server's clock may go back: an arrival is never further ahead than a whole allowance.
constexpr char const* step_source = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local decay, level_max = tonumber(ARGV[2]), tonumber(ARGV[3])
local arrival, level, since = 0, 0, 0
local held = redis.call('GET', KEYS[1])
if held then
  local a, l, s = string.match(held, '^(%d+) (%d) (%d+)$')
  if not a then return redis.error_reply('CORRUPT a rate limit') end
  arrival, level, since = tonumber(a), tonumber(l), math.min(tonumber(s), now)
end
local left = math.max(level - math.floor((now - since) / decay), 0)

local function keep(arrival, level, since, for_micros)
  redis.call('SET', KEYS[1], string.format('%.0f %d %.0f', arrival, level, since), 'PX', math.max(math.ceil(for_micros / 1000), 1))
end

if ARGV[1] == 'penalise' then
  local raised = math.min(left + 1, level_max)
  keep(arrival, raised, now, math.max(arrival - now, raised * decay))
  return {1, 0, 0, 0}
end

local cost, burst, spacing = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local tolerance = spacing * burst
local from = math.min(math.max(arrival, now), now + tolerance)
local next = from + spacing * math.max(math.min(cost * 2 ^ left, burst), 1)
local early = next - tolerance - now
if early > 0 then
  return {0, math.max(math.floor((tolerance - (from - now)) / spacing), 0), early, from - now}
end
keep(next, level, since, math.max(next - now, level * decay - (now - since)))
return {1, math.floor((tolerance - (next - now)) / spacing), 0, next - now}
)lua";

error foreign_limit() { return {errc::unavailable, "redis.rate_limits", "the answer is none that the script gives"}; }

outcome<limits::rate_decision> read(reply const& said, limits::rate const& allowed)
{
    if (said.what != reply::kind::list || said.items.size() != 4) return foreign_limit();
    for (auto const& each : said.items)
        if (each.what != reply::kind::integer || each.number < 0) return foreign_limit();
    auto const answer = said.items[0].number;
    auto const remaining = said.items[1].number;
    auto const retry_after = said.items[2].number;
    auto const reset = said.items[3].number;
    bool const sensible = answer <= 1 && remaining <= allowed.burst && retry_after <= allowed.period.count() && reset <= allowed.period.count()
                          && (answer == 1) == (retry_after == 0);
    if (!sensible) return foreign_limit();
    return limits::rate_decision{answer == 1 ? limits::verdict::allowed : limits::verdict::refused, static_cast<int>(remaining),
                                 duration{retry_after}, duration{reset}};
}

}  // namespace

redis_rate_limits::redis_rate_limits(client& on, key_names names, limits::penalty_policy const& penalties)
    : on_(on),
      names_(std::move(names)),
      penalties_(penalties),
      step_(step_source)
{
}

outcome<limits::rate_decision> redis_rate_limits::take(std::string_view key, int cost, limits::rate const& allowed)
{
    auto const name = names_.hidden("rate", key);
    auto const spacing = allowed.period / allowed.burst;
    MB_TRY(auto const said, step_.run(on_, {name},
                                      {"take", std::to_string(penalties_.decay.count()), std::to_string(penalties_.level_max),
                                       std::to_string(std::max(cost, 1)), std::to_string(allowed.burst), std::to_string(spacing.count())}));
    return read(said, allowed);
}

outcome<void> redis_rate_limits::penalise(std::string_view key)
{
    auto const name = names_.hidden("rate", key);
    MB_TRY(auto const said, step_.run(on_, {name}, {"penalise", std::to_string(penalties_.decay.count()), std::to_string(penalties_.level_max)}));
    if (said.what != reply::kind::list) return foreign_limit();
    return {};
}

}  // namespace mb::redis
