#include "adapters/redis/redis_rolling_counters.hpp"

#include <algorithm>

namespace mb::redis {
namespace {

// KEYS: one for each sighting. ARGV: the most members of a key, then for each sighting its member, the window and how long ago it was, in
// microseconds. The server's clock may go back: what lies in its future then is drawn to its present.
constexpr char const* note_source = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local most = tonumber(ARGV[1])
local counts = {}
for i, key in ipairs(KEYS) do
  local member, window, ago = ARGV[3 * i - 1], tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', now - window))
  if ago < window then
    local at = now - ago
    local held = tonumber(redis.call('ZSCORE', key, member))
    if not held or held < at or held > now then redis.call('ZADD', key, string.format('%.0f', at), member) end
    redis.call('ZREMRANGEBYRANK', key, 0, -most - 1)
    redis.call('PEXPIRE', key, math.ceil(window / 1000))
  end
  counts[i] = redis.call('ZCARD', key)
end
return counts
)lua";

error foreign_count() { return {errc::unavailable, "redis.rolling_counters", "the answer is none that the script gives"}; }

}  // namespace

redis_rolling_counters::redis_rolling_counters(client& on, key_names names) : on_(on), names_(std::move(names)), note_(note_source) {}

outcome<std::vector<std::size_t>> redis_rolling_counters::note(std::span<ports::sighting const> seen)
{
    std::vector<std::string> names;
    names.reserve(seen.size());
    std::vector<std::string> arguments{std::to_string(members_max)};
    for (auto const& each : seen) {
        names.push_back(names_.hidden("seen", each.key));
        arguments.emplace_back(each.member);
        arguments.push_back(std::to_string(each.window.count()));
        arguments.push_back(std::to_string(each.ago.count()));
    }
    MB_TRY(auto const said, note_.run(on_, {names.begin(), names.end()}, arguments));
    if (said.what != reply::kind::list || said.items.size() != seen.size()) return foreign_count();
    std::vector<std::size_t> counts;
    for (auto const& each : said.items) {
        if (each.what != reply::kind::integer || each.number < 0 || each.number > static_cast<std::int64_t>(members_max)) return foreign_count();
        counts.push_back(static_cast<std::size_t>(each.number));
    }
    return counts;
}

}  // namespace mb::redis
