#include "adapters/redis/redis_job_turns.hpp"

#include <algorithm>

namespace mb::redis {
namespace {

constexpr char const* renew_source = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0";
constexpr char const* give_back_source = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

error foreign_turn() { return {errc::unavailable, "redis.job_turns", "the answer is none that the command gives"}; }

std::string milliseconds(duration length)
{
    return std::to_string(std::max(std::chrono::ceil<std::chrono::milliseconds>(length), std::chrono::milliseconds{1}).count());
}

}  // namespace

redis_job_turns::redis_job_turns(client& on, key_names names, ports::randomness const& random)
    : on_(on),
      names_(std::move(names)),
      random_(random),
      renew_(renew_source),
      give_back_(give_back_source)
{
}

outcome<std::optional<ports::job_turn>> redis_job_turns::take(std::string_view job, duration length)
{
    ports::job_turn made{std::string(job), {}};
    random_.fill(made.id.bytes);
    MB_TRY(auto const said, on_.call(command{"SET", names_.plain("turn", job), made.id.text(), "NX", "PX", milliseconds(length)}));
    if (said.is_status("OK")) return std::optional{std::move(made)};
    if (said.what == reply::kind::nothing) return std::optional<ports::job_turn>{};
    return foreign_turn();
}

outcome<ports::turn_state> redis_job_turns::renew(ports::job_turn const& held, duration length)
{
    MB_TRY(auto const said, renew_.run(on_, {names_.plain("turn", held.job)}, {held.id.text(), milliseconds(length)}));
    if (said.what != reply::kind::integer) return foreign_turn();
    return said.number == 1 ? ports::turn_state::held : ports::turn_state::lost;
}

outcome<void> redis_job_turns::give_back(ports::job_turn const& held)
{
    MB_TRY(auto const said, give_back_.run(on_, {names_.plain("turn", held.job)}, {held.id.text()}));
    if (said.what != reply::kind::integer) return foreign_turn();
    return {};
}

}  // namespace mb::redis
