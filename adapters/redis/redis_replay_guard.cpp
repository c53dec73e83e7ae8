#include "adapters/redis/redis_replay_guard.hpp"

namespace mb::redis {
namespace {

// KEYS: the thing, and which run of the server remembers since when. ARGV: milliseconds; 0 only begins to remember.
// A server that comes back may have lost what it was told last, so the time begins anew with each run.
constexpr char const* spend_source = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') or ''
local remembered, since = string.match(redis.call('GET', KEYS[2]) or '', '^(%x+) (%d+)$')
since = tonumber(since)
if not since or remembered ~= run or since > now then
  since = now
  redis.call('SET', KEYS[2], string.format('%s %.0f', run, now))
end
local wanted = tonumber(ARGV[1])
if wanted == 0 then return 'BEGUN' end
if not redis.call('SET', KEYS[1], '1', 'NX', 'PX', wanted) then return 'SPENT' end
if now - since < wanted then return 'YOUNG' end
return 'FRESH'
)lua";

error unavailable(char const* why) { return {errc::unavailable, "redis.replay_guard", why}; }

}  // namespace

redis_replay_guard::redis_replay_guard(client& on, key_names names) : on_(on), names_(std::move(names)), spend_(spend_source) {}

outcome<ports::spending> redis_replay_guard::spend_once(std::string_view space, identity::digest const& what, duration ttl)
{
    auto const thing = names_.plain("spent", std::string(space) + ':' + hex({reinterpret_cast<char const*>(what.data()), what.size()}));
    auto const memory = names_.plain("spent", "since");
    auto const lasts = std::max(std::chrono::ceil<std::chrono::milliseconds>(ttl), std::chrono::milliseconds{1});
    MB_TRY(auto const said, spend_.run(on_, {thing, memory}, {std::to_string(lasts.count())}));
    if (said.what != reply::kind::text) return unavailable("the answer is none that the script gives");
    if (said.text == "SPENT") return ports::spending::spent;
    if (said.text == "FRESH") return ports::spending::fresh;
    if (said.text == "YOUNG") return unavailable("the server hasn't run for long enough to know what was spent");
    return unavailable("the answer is none that the script gives");
}

void redis_replay_guard::begin()
{
    auto const memory = names_.plain("spent", "since");
    (void)spend_.run(on_, {memory, memory}, {"0"});  // where this fails the first thing that is spent begins it
}

}  // namespace mb::redis
